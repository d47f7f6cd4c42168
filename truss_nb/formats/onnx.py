"""ONNX models held as protobuf messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import onnx
from onnx.external_data_helper import uses_external_data

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque


class Model(OwnForm):
    """A model with its weights inside; those over 2 GB don't fit a protobuf."""

    name = "ONNX model"
    suffix = ".onnx"
    modules = ("onnx",)
    kinds = (onnx.ModelProto,)
    loading = Saved(("import onnx",), "onnx.load({path})")

    def audit(self, value: Any, _notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse a model that was read without its weights."""
        outside = any(map(uses_external_data, value.graph.initializer))
        reason = "has its weights in files beside the model"
        refusal = Refusal("", "onnx.ModelProto", reason) if outside else None
        return opaque(value, *self.modules, refusal=refusal)

    def write(self, value: Any, path: Path, /) -> None:
        """Write it with sorted maps."""
        path.write_bytes(value.SerializeToString(deterministic=True))


FORMATS: Final[tuple[Format, ...]] = (Model(),)
