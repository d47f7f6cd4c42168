# %%
import lightgbm as lgb
import numpy as np
from sklearn.datasets import load_wine

# %%
X, y = load_wine(return_X_y=True)
settings = {"objective": "multiclass", "num_class": 3, "verbose": -1}
booster = lgb.train(settings, lgb.Dataset(X, y), num_boost_round=5)


# %%
def preprocess(model_input):
    return np.array(model_input).reshape(1, -1)


# %%
def predict(features):
    return booster.predict(features)


# %%
def postprocess(probabilities):
    return {"probabilities": probabilities[0].tolist()}


# %%
examples = {"first": X[0].tolist(), "last": X[-1].tolist()}
