"""Where a distribution was installed from, if not from an index (PEP 610)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Origin:
    """Where a distribution was installed from, if not from an index (PEP 610).

    Args:
        url: the folder, archive or repository, without credentials.
        editable: whether the source folder itself is imported.
        is_archive: whether ``url`` is a wheel or a source archive.
        vcs: the version control system of a repository (``"git"``), else None.
        commit: the repository's commit that was installed.
        subdirectory: the project's folder within the repository or archive.
    """

    url: str
    editable: bool = False
    is_archive: bool = False
    vcs: str | None = None
    commit: str | None = None
    subdirectory: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine has it."""
        return urlsplit(self.url).scheme == "file"


def parse_origin(direct_url: str) -> Origin:
    """Read a distribution's ``direct_url.json``."""
    fields = json.loads(direct_url)
    vcs = fields.get("vcs_info", {})
    return Origin(
        url=_drop_credentials(fields["url"]),
        editable=fields.get("dir_info", {}).get("editable", False),
        is_archive="archive_info" in fields,
        vcs=vcs.get("vcs"),
        commit=vcs.get("commit_id"),
        subdirectory=fields.get("subdirectory"),
    )


def _drop_credentials(url: str) -> str:
    """Return the URL without a user or a token; ``ssh://git@`` is no secret."""
    split = urlsplit(url)
    user, at, host = split.netloc.rpartition("@")
    if split.scheme.endswith("ssh"):
        host = user.partition(":")[0] + at + host
    return split._replace(netloc=host).geturl()
