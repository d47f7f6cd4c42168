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
class Scaled(nn.Module):
    """A function replaces a part of it after it was made."""

    def __init__(self, rows, size):
        super().__init__()
        self.register_buffer("scale", rows.abs().max(dim=0).values, persistent=False)
        self.layer = nn.Linear(size, 3)

    def forward(self, x):
        return self.layer(x / self.scale)


def slim(net):
    net.layer = nn.Linear(13, 3, bias=False)


# %%
model = Scaled(inputs, 13)
slim(model)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(inputs), labels)
    loss.backward()
    optimizer.step()
model.eval()


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
