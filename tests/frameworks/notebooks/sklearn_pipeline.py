# %%
import numpy as np
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %%
X, y = load_wine(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


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
