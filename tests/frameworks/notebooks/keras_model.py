# %%
import keras
import numpy as np
from sklearn.datasets import load_wine

# %%
keras.utils.set_random_seed(0)
X, y = load_wine(return_X_y=True)
scale = X.max(axis=0)
model = keras.Sequential(
    [
        keras.Input((13,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(loss="sparse_categorical_crossentropy")
model.fit(X / scale, y, epochs=2, verbose=0)


# %%
def preprocess(model_input):
    return np.array(model_input, "float32").reshape(1, -1) / scale


# %%
def predict(features):
    return model(features).numpy()


# %%
def postprocess(probabilities):
    return {"probabilities": probabilities[0].tolist()}


# %%
examples = {"first": X[0].tolist(), "last": X[-1].tolist()}
