# %%
import tempfile

import mlflow.pyfunc
import numpy as np


# %%
class Shifted(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return np.asarray(model_input) + context.model_config["by"]


# %%
place = tempfile.mkdtemp() + "/model"
mlflow.pyfunc.save_model(
    place, python_model=Shifted(), model_config={"by": 2}, pip_requirements=[]
)
model = mlflow.pyfunc.load_model(place)


# %%
def predict(rows):
    return model.predict(rows)


# %%
examples = {"two": [1.0, 2.5]}
