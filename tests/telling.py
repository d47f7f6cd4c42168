"""What a program is told: JSON values of the schema that is written down."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import truss_nb

SCHEMA = json.loads(Path(truss_nb.__file__).with_name("facts.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


def checked(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts that are as the schema has them, and JSON values indeed."""
    kind = {"$ref": f"#/$defs/{facts['report']}", "$defs": SCHEMA["$defs"]}
    VALIDATOR.evolve(schema=kind).validate(json.loads(json.dumps(facts)))
    VALIDATOR.validate(facts)
    return facts


def told(text: str) -> dict[str, Any]:
    """Return what a command answers with ``--json``."""
    return checked(json.loads(text))
