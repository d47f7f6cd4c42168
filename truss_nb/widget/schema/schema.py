"""An input made of fields: what stands in each ↔ the value that is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truss_nb.widget.schema.field import UNSET, DoesNotFit, Field, Kind
from truss_nb.widget.schema.table import LEFT_OUT


@dataclass(frozen=True)
class Schema:
    """What an input is made of.

    Args:
        fields: each key of an object; or one without a key, which is the input.
    """

    fields: tuple[Field, ...]

    def read(self, entered: Sequence[Any]) -> Any:
        """Return the input that is sent for what is entered in each field.

        Raises:
            InputError: the first of them that has no value.
        """
        pairs = zip(self.fields, entered, strict=True)
        values = [(field.key, field.read(each)) for field, each in pairs]
        if self._is_whole:
            return values[0][1]
        return {key: value for key, value in values if value is not LEFT_OUT}

    def show(self, value: Any) -> list[Any] | None:
        """Return what stands in each field for an input.

        That is None if the fields have no room for it all: nobody may send half an
        input without a word.
        """
        if self._is_whole:
            values = [value]
        elif type(value) is dict and value.keys() <= {f.key for f in self.fields}:
            values = [value.get(field.key, LEFT_OUT) for field in self.fields]
        else:
            return None
        try:
            pairs = zip(self.fields, values, strict=True)
            return [_shown(field, each) for field, each in pairs]
        except DoesNotFit:
            return None

    def start(self) -> list[Any]:
        """Return what stands in each field before anything is entered."""
        return [
            field.show(LEFT_OUT if field.default is UNSET else field.default)
            for field in self.fields
        ]

    @property
    def hint(self) -> str:
        """JSON with all that there can be in an input."""
        hints = {field.key: field.hint for field in self.fields}
        return json.dumps(
            hints[None] if self._is_whole else hints, ensure_ascii=False, default=str
        )

    def key(self, *kinds: Kind) -> str:
        """Return the only key of the first of these kinds that there is; else none."""
        for kind in kinds:
            if found := [field.key for field in self.fields if field.kind == kind]:
                return (found[0] or "") if len(found) == 1 else ""
        return ""

    @property
    def _is_whole(self) -> bool:
        return self.fields[0].key is None


def _shown(field: Field, value: Any) -> Any:
    if value is not LEFT_OUT:
        return field.show(value)
    if field.empty != "left out":
        raise DoesNotFit  # it would be sent as something
    is_set = field.kind == "checkbox" and field.default is True
    return is_set or field.show(LEFT_OUT)
