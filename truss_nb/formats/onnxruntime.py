"""onnxruntime sessions, as the ONNX model that they were made from."""

from __future__ import annotations

import mmap
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import onnxruntime as ort

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque


class Session(OwnForm):
    """An inference session; it comes back on the CPU, with the options it has."""

    name = "ONNX model"
    suffix = ".onnx"
    modules = ("onnxruntime",)
    kinds = (ort.InferenceSession,)

    def saved(self, value: Any, /) -> Saved:
        """Return the lines of the documentation."""
        options = tuple(_options(value))
        if options:
            options = ("{value}_options = ort.SessionOptions()", *options)
        given = ", {value}_options" if options else ""
        line = f"ort.InferenceSession({{path}}{given}, providers={_PROVIDERS})"
        return Saved(("import onnxruntime as ort",), line, first=options)

    def audit(self, value: Any, _notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse a session whose model can't be had whole any more."""
        reason = _find_reason(value)
        kind = "onnxruntime.InferenceSession"
        refusal = Refusal("", kind, reason) if reason else None
        return opaque(value, *self.modules, refusal=refusal)

    def write(self, value: Any, path: Path, /) -> None:
        """Copy the model that the session was made from."""
        if value._model_path is None:
            path.write_bytes(value._model_bytes)
        else:
            shutil.copyfile(value._model_path, path)


FORMATS: Final[tuple[Format, ...]] = (Session(),)

_PROVIDERS: Final = '["CPUExecutionProvider"]'


def _options(session: Any) -> Iterator[str]:
    """Yield the statements that set what differs from the options' defaults."""
    options, usual = session.get_session_options(), ort.SessionOptions()
    for name in dir(usual):
        held = getattr(options, name)
        if name.startswith("_") or callable(held) or held == getattr(usual, name):
            continue
        kind = type(held).__name__
        is_named = getattr(ort, kind, None) is type(held)  # an enum
        text = f"ort.{kind}.{held.name}" if is_named else repr(held).replace("'", '"')
        yield f"{{value}}_options.{name} = {text}"


# How a protobuf says: key "location", then a value. A tensor with this entry has its
# numbers in a file beside the model (onnx.proto, TensorProto.external_data).
_EXTERNAL: Final = b"\x0a\x08location\x12"


def _find_reason(session: Any) -> str | None:
    if session._model_path is None:
        outside = _EXTERNAL in session._model_bytes
    elif Path(session._model_path).is_file():
        outside = _file_holds(Path(session._model_path), _EXTERNAL)
    else:
        return f"was made from {session._model_path}, which is gone"
    return "has its weights in files beside the model" if outside else None


def _file_holds(path: Path, mark: bytes) -> bool:
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return content.find(mark) >= 0
