# %%
import numpy as np
from lightgbm import LGBMClassifier
from sklearn.datasets import load_wine

# %%
X, y = load_wine(return_X_y=True)
model = LGBMClassifier(n_estimators=5, verbose=-1).fit(X, y)


# %%
def preprocess(model_input):
    return np.array(model_input).reshape(1, -1)


# %%
def predict(features):
    return model.predict_proba(features)


# %%
def postprocess(probabilities):
    return {"probabilities": probabilities[0].tolist()}


# %%
examples = {"first": X[0].tolist(), "last": X[-1].tolist()}
