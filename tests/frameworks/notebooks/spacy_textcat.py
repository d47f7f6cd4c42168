# %%
import spacy
from spacy.training import Example

# %%
spacy.util.fix_random_seed(7)
nlp = spacy.blank("en")
textcat = nlp.add_pipe("textcat")
for label in ("good", "bad"):
    textcat.add_label(label)
reviews = {"a fine film": 1.0, "fine songs": 1.0, "a poor film": 0.0, "poor songs": 0.0}
samples = [
    Example.from_dict(nlp.make_doc(text), {"cats": {"good": good, "bad": 1 - good}})
    for text, good in reviews.items()
]
optimizer = nlp.initialize(lambda: samples)
for _ in range(20):
    nlp.update(samples, sgd=optimizer)


# %%
def predict(text):
    return nlp(text)


# %%
def postprocess(doc):
    return {"words": [token.lower_ for token in doc], "cats": doc.cats}


# %%
examples = {"praise": "What a fine song", "blame": "A poor film"}
