# %%
import tempfile

import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

# %%
X, y = load_iris(return_X_y=True)
place = tempfile.mkdtemp() + "/model"
mlflow.sklearn.save_model(
    LogisticRegression(max_iter=500).fit(X, y),
    place,
    pyfunc_predict_fn="predict_proba",
    serialization_format="cloudpickle",
    pip_requirements=[],
)
model = mlflow.pyfunc.load_model(place)


# %%
def preprocess(model_input):
    return np.array(model_input).reshape(-1, 4)


# %%
def predict(rows):
    return model.predict(rows)


# %%
examples = {"one": X[0].tolist(), "three": X[::60].tolist()}
