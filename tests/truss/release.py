"""Tells what the installed truss says of itself, as JSON; a script, run where truss is.

python tests/truss/release.py
"""

import json
import re
import tempfile
import typing
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")  # truss' own

import truss  # noqa: E402
from pushed import KEPT, LOST  # noqa: E402
from pydantic import BaseModel, RootModel  # noqa: E402
from truss.base import constants, truss_config  # noqa: E402
from truss.contexts.local_loader import docker_build_emulator  # noqa: E402
from truss.util import path as pushed  # noqa: E402

PACKAGE = Path(truss.__file__).parent
SERVER = PACKAGE / "templates" / "server"
OPAQUE = (
    RootModel,
    truss_config.AcceleratorSpec,
    truss_config.BISLLM,
    truss_config.CheckpointList,
    truss_config.ExternalData,
    truss_config.TRTLLMConfiguration,
)


def keys(model, above=""):
    """Yield each dotted key of config.yaml, and whether it holds text."""
    for name, field in model.model_fields.items():
        kinds = typing.get_args(field.annotation) or [field.annotation]
        sections = [k for k in kinds if isinstance(k, type) and is_section(k)]
        if not sections or typing.get_origin(field.annotation) is list:
            yield above + name, field.annotation in (str, str | None)
            continue
        for section in sections:
            yield from keys(section, f"{above}{name}.")


def is_section(kind):
    return issubclass(kind, BaseModel) and not issubclass(kind, OPAQUE)


def dropped(patterns):
    """Return which paths a push drops, and which it keeps."""
    stems = [p.replace("*", "x").replace("[cod]", "c").rstrip("/") for p in patterns]
    shapes = ("{}", "{}/inside.txt", "x{}y")
    made = [shape.format(stem) for shape in shapes for stem in stems]
    asked = [*KEPT.split(), *LOST.split(), *made]
    return {path: pushed.is_ignored(Path(path), patterns) for path in asked}


def in_image():
    """Return the names in the image's /app, of a folder that holds as little as can."""
    with tempfile.TemporaryDirectory() as place:
        folder, context, root = (Path(place, name) for name in ("a", "b", "c"))
        for made in (folder / "model", folder / "data", context, root):
            made.mkdir(parents=True)
        (folder / "config.yaml").write_text("python_version: py311\n")
        (folder / "model" / "model.py").write_text("class Model: ...\n")
        (folder / "data" / "x").touch()
        truss.load(str(folder)).docker_build_setup(context)
        file = context / "Dockerfile"
        docker_build_emulator.DockerBuildEmulator(file, context).run(root)
        return sorted(path.name for path in (root / "app").iterdir())


def read(pattern, *place):
    return sorted(set(re.findall(pattern, PACKAGE.joinpath(*place).read_text())))


def main():
    patterns = pushed.load_trussignore_patterns()
    config = truss_config.TrussConfig(python_version="py313")
    server, templates = ("templates", "server"), ("templates", "shared")
    facts = {
        "version": version("truss"),
        "package": str(PACKAGE),
        "pythons": constants.SUPPORTED_PYTHON_VERSIONS,
        "keys": dict(keys(truss_config.TrussConfig)),
        "defaults": config.to_dict(verbose=True),
        "constraints": (SERVER / "constraints.txt").read_text(),
        "patterns": patterns,
        "dropped": dropped(patterns),
        "variables": sorted(truss_config.K8S_RESERVED_ENVIRONMENT_VARIABLES),
        "in_image": in_image(),
        "urls": read(r'r"(/v1/models[^"]*)"', *server, "truss_server.py"),
        "ports": read(r'environ.get\("(\w+)"', *server, "main.py"),
        "media": read(r"application/[\w-]+", *server, "truss_server.py"),
        "prefixes": read(r'PREFIX = "(\w+)"', *templates, "secrets_resolver.py"),
        "given": read(r'arg\(signature, "(\w+)"\)', *server, "model_wrapper.py"),
    }
    print(json.dumps(facts, default=str))  # noqa: T201


if __name__ == "__main__":
    main()
