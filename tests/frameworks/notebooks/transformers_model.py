# %%
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

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


# %%
def preprocess(model_input):
    return tokenizer(model_input["texts"], padding=True, return_tensors="pt")


# %%
def predict(tokens):
    with torch.no_grad():
        return model(**tokens).logits


# %%
def postprocess(logits):
    best = logits.argmax(dim=1).tolist()
    scores = logits.softmax(dim=1).max(dim=1).values.tolist()
    return [[model.config.id2label[i], s] for i, s in zip(best, scores, strict=True)]


# %%
examples = {
    "one": {"texts": ["a good film"]},
    "two": {"texts": ["the bad film", "a film"]},
}
