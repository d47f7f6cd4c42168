"""What the platform puts beside a folder's files: ``weights``, ``external_data``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truss_nb.truss.serving import DATA

APP = "/app"
"""Where the image has ``model/``, ``data/`` and the server."""

TOKEN = "hf_access_token"  # noqa: S105 - the name of a secret
"""What Truss calls the secret that reads private repositories of the hub."""


@dataclass(frozen=True)
class Mount:
    """Files that the server finds, and the folder doesn't hold.

    Args:
        source: where they come from: ``hf://owner/name@revision``, ``https://…``
        place: where they are on the server, absolute.
        settings: the entry of config.yaml.
    """

    source: str
    place: str
    settings: Mapping[str, Any]

    @property
    def is_of_hub(self) -> bool:
        """Whether it's a snapshot of the Hugging Face hub."""
        return self.source.startswith("hf://")

    @property
    def file(self) -> str | None:
        """Return the path in ``data/``, if it is there."""
        path = posixpath.relpath(self.place, f"{APP}/{DATA}")
        return None if path.startswith("..") or path == "." else path


def mounts(config: Mapping[str, Any]) -> Iterator[Mount]:
    """Yield what the settings of config.yaml mount; what Truss refuses is left out."""
    for each in _entries(config, "weights", "source", "mount_location"):
        yield Mount(each["source"], posixpath.normpath(each["mount_location"]), each)
    for each in _entries(config, "external_data", "url", "local_data_path"):
        place = posixpath.join(APP, DATA, each["local_data_path"])
        yield Mount(each["url"], posixpath.normpath(place), each)


def _entries(
    config: Mapping[str, Any], key: str, *needed: str
) -> Iterator[Mapping[str, Any]]:
    found = config.get(key)
    for each in found if isinstance(found, list) else ():
        is_whole = isinstance(each, Mapping) and all(
            isinstance(each.get(name), str) for name in needed
        )
        if is_whole:
            yield each
