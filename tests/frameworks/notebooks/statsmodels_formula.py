# %%
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

# %%
generator = np.random.default_rng(7)
rows = pd.DataFrame(
    {"size": generator.uniform(20, 200, 80), "floor": [0, 1, 2, 3] * 20}
)
rows["price"] = 300 * rows["size"] + 10 * rows["floor"] + generator.normal(size=80)
ROOM = 25


def rooms(size):
    return size // ROOM


model = smf.ols("price ~ np.log(size) + rooms(size) + C(floor)", rows).fit()


# %%
def preprocess(model_input):
    return pd.DataFrame(model_input)


# %%
def predict(flats):
    return model.predict(flats)


# %%
def postprocess(prices):
    return prices.round(2).tolist()


# %%
examples = {"one": [{"size": 80, "floor": 2}], "two": [{"size": 30, "floor": 0}] * 2}
