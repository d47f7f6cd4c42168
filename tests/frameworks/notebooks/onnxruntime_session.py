# %%
import numpy as np
import onnx
import onnxruntime as ort

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
onnx_model = onnx.helper.make_model(
    graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
)
session = ort.InferenceSession(
    onnx_model.SerializeToString(), providers=["CPUExecutionProvider"]
)


# %%
def preprocess(model_input):
    return np.array(model_input, "float32").reshape(-1, 3)


# %%
def predict(features):
    return session.run(None, {"x": features})[0]


# %%
def postprocess(rows):
    return {"rows": rows.tolist()}


# %%
examples = {"one": [1, 2, 3], "two": [[1, 2, 3], [4, 5, 6]]}
