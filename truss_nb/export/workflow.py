"""A workflow for GitHub: prove an exported folder, push it, and prove it there.

It lies beside the folder, in the repository that holds both. Its first line has a hash
of the rest, by which a file that somebody else wrote or edited is known, and kept.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xxhash
import yaml

from truss_nb.errors import SettingError, WriteError
from truss_nb.export.config_yaml import to_yaml
from truss_nb.export.folder.refusals import explained
from truss_nb.proof.folder import read_expected
from truss_nb.truss.defaults import CONFIG
from truss_nb.truss.serving import SECRET_PREFIX

HEAD = (
    "# Written by truss-nb ({}): an export with --ci replaces it, until it's edited.\n"
)
PLACE = (".github", "workflows")
HOST = "https://app.baseten.co"
KEY = "BASETEN_API_KEY"
ON_MAIN = (
    "github.event_name != 'pull_request' && "
    "github.ref_name == github.event.repository.default_branch"
)
"""When the folder is deployed; it is proven for a pull request, too."""


@dataclass(frozen=True)
class Workflow:
    """A workflow's file, and the folder that it is for.

    Args:
        path: the file.
        root: the repository.
        folder: the exported folder.
    """

    path: Path
    root: Path
    folder: Path

    @classmethod
    def at(cls, path: str | Path, folder: Path) -> Workflow:
        """Return the workflow at a path, which nobody else wrote.

        Raises:
            SettingError: GitHub wouldn't read it there, or it couldn't see the folder.
            WriteError: what is there was written by somebody else, or edited.
        """
        place, target = Path(path).expanduser().resolve(), folder.resolve()
        root = place.parents[2] if len(place.parents) > 2 else place
        name = f"{'/'.join(PLACE)}/{target.name}.yml"
        if place.parent.parts[-2:] != PLACE or place.suffix not in (".yml", ".yaml"):
            raise SettingError(
                f"{path} is no workflow: GitHub reads those in {'/'.join(PLACE)}/ of "
                f"the repository. Write, for example: --ci {name}"
            )
        if root not in target.parents:
            raise SettingError(
                f"The workflow's repository is {root}, and {folder} isn't a folder in "
                f"it: export to one, or write --ci REPOSITORY/{name}"
            )
        with explained(place):
            is_kept = place.exists() and not _is_ours(place.read_text("utf-8"))
        if is_kept:
            raise WriteError(
                f"{path} was written by somebody else, or edited since, so it is kept: "
                "move it elsewhere, or name another file."
            )
        return cls(place, root, target)

    def write(self) -> str:
        """Write the file for the folder as it is now; return what is left to do."""
        body = to_yaml(self._content()).decode()
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes((HEAD.format(_hash(body)) + body).encode())
        shown = self.path.relative_to(self.root)
        return (
            f"{shown} was written: commit it with the folder, and keep the key of your "
            f"account in the repository's secret {KEY}"
        )

    def _content(self) -> dict[str, Any]:
        config = yaml.safe_load((self.folder / CONFIG).read_bytes())
        folder = self.folder.relative_to(self.root).as_posix()
        quoted = shlex.quote(folder)
        at = {"paths": [f"{folder}/**", self.path.relative_to(self.root).as_posix()]}
        prefixed = [f"{SECRET_PREFIX}{name}" for name in config.get("secrets") or {}]
        python = re.sub(r"py(\d)", r"\1.", str(config["python_version"]))
        account = {
            KEY: _secret(KEY),
            "BASETEN_TRUSS_AUTH_API_KEY": _secret(KEY),
            "BASETEN_TRUSS_AUTH_REMOTE_URL": HOST,
        }
        steps: list[dict[str, Any]] = [
            {"uses": "actions/checkout@v5", "with": {"persist-credentials": False}},
            {"uses": "actions/setup-python@v6", "with": {"python-version": python}},
            {"run": f'python -m pip install "truss-nb[truss]=={version("truss-nb")}"'},
            {
                "name": "Prove the folder",
                "run": f"truss-nb prove {quoted} --venv",
                **_env([*prefixed, *read_expected(self.folder).get("variables", ())]),
            },
            {
                "name": "Push it, and prove what answers there",
                "if": ON_MAIN,
                "run": f"truss-nb push {quoted}",
                "env": account,
            },
        ]
        return {
            "name": str(config.get("model_name") or folder),
            "on": {"push": at, "pull_request": at, "workflow_dispatch": {}},
            "permissions": {"contents": "read"},
            "concurrency": {"group": f"{folder}-${{{{ github.ref }}}}"},
            "jobs": {"deploy": {"runs-on": "ubuntu-latest", "steps": steps}},
        }


def _env(variables: Iterable[str]) -> dict[str, dict[str, str]]:
    given = {name: _secret(name.removeprefix(SECRET_PREFIX)) for name in variables}
    return {"env": given} if given else {}


def _secret(name: str) -> str:
    """Return the expression for a secret, whose name GitHub writes in capitals."""
    return f"${{{{ secrets.{re.sub(r'[^A-Za-z0-9_]', '_', name).upper()} }}}}"


def _is_ours(text: str) -> bool:
    head, newline, body = text.partition("\n")
    return head + newline == HEAD.format(_hash(body))


def _hash(text: str) -> str:
    return xxhash.xxh3_64_hexdigest(text.encode())
