# %%
import torch
from sklearn.datasets import load_wine
from torch import nn

# %%
torch.manual_seed(0)
X, y = load_wine(return_X_y=True)
inputs = torch.tensor(X, dtype=torch.float32)
labels = torch.tensor(y)


# %%
plain = nn.Sequential(nn.BatchNorm1d(13), nn.Linear(13, 3)).eval()
model = torch.jit.trace(plain, inputs[:2])


# %%
def preprocess(model_input):
    return torch.tensor(model_input, dtype=torch.float32).reshape(1, -1)


# %%
def predict(features):
    with torch.no_grad():
        return model(features)


# %%
def postprocess(scores):
    return {"probabilities": scores.softmax(dim=1)[0].tolist()}


# %%
examples = {"first": X[0].tolist(), "last": X[-1].tolist()}
