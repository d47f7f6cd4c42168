# %%
import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

# %%
weights = onnx.numpy_helper.from_array(
    np.random.default_rng(0).random((3, 2), "float32"), "weights"
)
graph = onnx.helper.make_graph(
    [onnx.helper.make_node("MatMul", ["x", "weights"], ["y"])],
    "product",
    [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", 3])],
    [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["n", 2])],
    [weights],
)
model = onnx.helper.make_model(
    graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
)


# %%
def preprocess(model_input):
    return np.array(model_input, "float32").reshape(-1, 3)


# %%
def predict(features):
    return ReferenceEvaluator(model).run(None, {"x": features})[0]


# %%
examples = {"one": [1, 2, 3], "two": [[1, 2, 3], [4, 5, 6]]}
