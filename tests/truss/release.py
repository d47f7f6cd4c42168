"""Tells what the installed truss says of itself, as JSON; a script, run where truss is.

python tests/truss/release.py
"""

import json
import re
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")  # truss' own

import truss  # noqa: E402
from pushed import KEPT, LOST  # noqa: E402
from truss.base import truss_config  # noqa: E402
from truss.contexts.local_loader import docker_build_emulator  # noqa: E402
from truss.truss_handle import build  # noqa: E402
from truss.util import path as pushed  # noqa: E402

PACKAGE = Path(truss.__file__).parent
SERVER = PACKAGE / "templates" / "server"


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


def first_line():
    """Return the first line of the config.yaml that ``truss init`` writes."""
    with tempfile.TemporaryDirectory() as place:
        build.init_directory(Path(place, "new"), model_name="new")
        return Path(place, "new", "config.yaml").open().readline()


def read(pattern, *place):
    return sorted(set(re.findall(pattern, PACKAGE.joinpath(*place).read_text())))


def main():
    patterns = pushed.load_trussignore_patterns()
    server, templates = ("templates", "server"), ("templates", "shared")
    facts = {
        "version": version("truss"),
        "package": str(PACKAGE),
        "constraints": (SERVER / "constraints.txt").read_text(),
        "patterns": patterns,
        "dropped": dropped(patterns),
        "variables": sorted(truss_config.K8S_RESERVED_ENVIRONMENT_VARIABLES),
        "in_image": in_image(),
        "urls": read(r'r"(/v1/models[^"]*)"', *server, "truss_server.py"),
        "ports": read(r'environ.get\("(\w+)"', *server, "main.py"),
        "media": read(r"application/[\w-]+", *server, "truss_server.py"),
        "prefixes": read(r'PREFIX = "(\w+)"', *templates, "secrets_resolver.py"),
        "first_line": first_line(),
        "given": read(r'arg\(signature, "(\w+)"\)', *server, "model_wrapper.py"),
    }
    print(json.dumps(facts, default=str))  # noqa: T201


if __name__ == "__main__":
    main()
