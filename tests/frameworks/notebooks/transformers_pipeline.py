# %%
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    pipeline,
)

# %%
torch.manual_seed(0)
marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
words = [*marks, "a", "bad", "film", "good", "the"]
tokenizer = BertTokenizer(vocab={word: i for i, word in enumerate(words)})
config = BertConfig(
    vocab_size=len(words),
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=16,
    id2label={0: "no", 1: "yes"},
    label2id={"no": 0, "yes": 1},
)
model = BertForSequenceClassification(config).eval()
classify = pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None)


# %%
def predict(model_input):
    return classify(model_input["texts"])


# %%
examples = {
    "one": {"texts": ["a good film"]},
    "two": {"texts": ["the bad film", "a film"]},
}
