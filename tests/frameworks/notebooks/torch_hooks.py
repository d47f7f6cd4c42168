# %%
import torch
from torch import nn

# %%
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(4, 3),
).eval()


# %%
class HeatMap:
    """Where a layer looks, for the class that wins."""

    def __init__(self, model, layer):
        self.model = model
        self.watch(layer)

    def watch(self, layer):
        def keep(module, inputs, output):
            self.seen = output
            output.register_hook(keep_slope)

        def keep_slope(slope):
            self.slope = slope

        layer.register_forward_hook(keep)

    def __call__(self, image):
        self.model(image).max().backward()
        weights = self.slope.mean(dim=(2, 3), keepdim=True)
        found = torch.relu((weights * self.seen).sum(1)).tolist()
        self.seen = self.slope = None
        return found


heat_map = HeatMap(model, model[0])


# %%
def predict(model_input):
    image = torch.tensor(model_input["pixels"], dtype=torch.float32)
    return {"heat": heat_map(image[None, None])}


# %%
examples = {"ramp": {"pixels": [[0, 1, 2], [1, 2, 3], [2, 3, 4]]}}
