# %%
import math

RATES = {"near": 2.5, "far": 1.25}


# %%
def fare(trip, base=3):
    """A model that was thought up rather than trained."""
    return base + RATES[trip["zone"]] * math.ceil(trip["km"])


# %%
def predict(trips):
    return [fare(trip) for trip in trips]


# %%
examples = {"two": [{"zone": "near", "km": 3.2}, {"zone": "far", "km": 40}]}
