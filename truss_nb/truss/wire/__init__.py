"""What a client can send, and what the Truss server can answer.

The rules are those of today's server: a JSON request is read by ``json.loads``, and
an answer is written by ``json.dumps`` with an encoder that also knows numpy's
integers, floats and arrays, and nothing more. Whatever else an answer holds is a 500;
NaN and Infinity go out bare, which most clients can't read. A request in msgpack is
answered in msgpack, which carries more.

Only the standard library is imported, because the proof loads this folder by its path
in a process that has neither this package nor, perhaps, numpy: hence the relative
imports. A value is known by the names of its classes.
"""

from .answers import (
    answer_json,
    answer_packed,
    refusals,
    stream_refusals,
    stream_text,
)
from .inputs import CannotSend, as_sent, input_json, is_json, is_packable, received
from .kinds import classes_of
from .packed import decoded
from .places import MOST, Refusal

__all__ = [
    "MOST",
    "CannotSend",
    "Refusal",
    "answer_json",
    "answer_packed",
    "as_sent",
    "classes_of",
    "decoded",
    "input_json",
    "is_json",
    "is_packable",
    "received",
    "refusals",
    "stream_refusals",
    "stream_text",
]
