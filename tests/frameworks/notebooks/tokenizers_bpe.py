# %%
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

# %%
tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
trainer = trainers.BpeTrainer(
    vocab_size=80, special_tokens=["[UNK]", "[PAD]"], show_progress=False
)
tokenizer.train_from_iterator(["the cat sat on the mat", "a dog sat"], trainer)
tokenizer.enable_padding(length=8, pad_id=1, pad_token="[PAD]")


# %%
def predict(text):
    coded = tokenizer.encode(text)
    return {"ids": coded.ids, "tokens": coded.tokens}


# %%
examples = {"short": "the dog", "new": "a Cat, the mat!"}
