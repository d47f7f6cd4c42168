from __future__ import annotations

import numpy as np
import pytest

from truss_nb import formats

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")


@pytest.fixture
def model():
    """Return a model that adds [1, 2, 3] to its input."""
    helper = onnx.helper
    kind = onnx.TensorProto.FLOAT
    ones = onnx.numpy_helper.from_array(np.array([1, 2, 3], dtype="f4"), "ones")
    node = helper.make_node("Add", ["x", "ones"], ["y"])
    inputs = [helper.make_tensor_value_info("x", kind, [3])]
    outputs = [helper.make_tensor_value_info("y", kind, [3])]
    graph = helper.make_graph([node], "add", inputs, outputs, [ones])
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)


def start(source):
    return ort.InferenceSession(source, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("held_as", ["path", "bytes", "message"])
def test_a_model_answers_elsewhere_as_it_did(model, held_as, tmp_path, elsewhere):
    source = tmp_path / "source.onnx"
    onnx.save(model, source)
    value = {
        "path": lambda: start(source),
        "bytes": lambda: start(source.read_bytes()),
        "message": lambda: model,
    }[held_as]()
    form = formats.find(value)
    audit = form.audit(value)
    assert (form.name, audit.refusal) == ("ONNX model", None)
    assert audit.modules == {"onnx" if held_as == "message" else "onnxruntime"}
    form.write(value, tmp_path / "saved.onnx")
    saved = form.saved(value)
    loading = saved.loading('Path("saved.onnx")')
    answer = elsewhere(f"""
from pathlib import Path
import numpy as np
import onnxruntime as ort
{saved.imports[0]}
value = {loading}
if not hasattr(value, "run"):
    value = ort.InferenceSession(value.SerializeToString())
answer = value.run(None, {{"x": np.zeros(3, dtype="f4")}})[0].tolist()
""")
    assert answer == [1.0, 2.0, 3.0]


def test_weights_in_another_file_are_refused(model, tmp_path):
    source = tmp_path / "source.onnx"
    onnx.save(
        model,
        source,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    message = onnx.load(source, load_external_data=False)
    for value in (start(source), message):
        refusal = formats.find(value).audit(value).refusal
        assert refusal.type.startswith("onnx")
        assert refusal.reason == "has its weights in files beside the model"
    whole = onnx.load(source)
    assert formats.find(whole).audit(whole).refusal is None


def test_a_session_whose_model_is_gone_is_refused(model, tmp_path):
    source = tmp_path / "source.onnx"
    onnx.save(model, source)
    session = start(source)
    source.unlink()
    refusal = formats.find(session).audit(session).refusal
    assert refusal.reason == f"was made from {source}, which is gone"


def test_the_options_of_a_session_travel(model, tmp_path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options)
    form, names = formats.find(session), {"path": tmp_path / "model.onnx"}
    form.write(session, names["path"])
    saved = form.saved(session)
    exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)
    back = names["back"].get_session_options()
    assert back.intra_op_num_threads == 1
    assert back.graph_optimization_level == options.graph_optimization_level
    assert len(saved.first) == 3  # what is as usual isn't written
