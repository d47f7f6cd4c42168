"""Configs as people write them and miswrite them: each key, right and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from truss_nb.truss import schema

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -1, 7, 64, 2.0, 2.5, 60000, 10**7),
    *("", "a", "3", "2.0", "true", "yes", "null", "x y", "/a", "a/b", "A", ".."),
    *([], [1], ["a"], ["a", "b"], [None], [{}], {}, {"a": 1}, {"a": "b"}, [["a"]]),
)
"""What is written where something else belongs."""

TEXTS = {
    "cpu": ("1", "500m", "0.5", "1e3", "many", "2 cores", "m", "1m5", "-1", " 2", "½"),
    "memory": ("2Gi", "512Mi", "16", "4GB", "4gi", "Gi", "1.5Gi", "2 Gi", "1e9", "10K"),
    "accelerator": (
        *("A100", "T4:2", "H100:8", "a100", "A100:0", "A100:x", "A100:", "TPU", ":2"),
        *("L4:4x16", "A100:1:2", " T4 ", "RTX_PRO_6000"),
    ),
    "python_version": ("py311", "py39", "3.11", "py27", "py315", "python3", "PY311"),
    "truss_server_version_override": ("0.9.0", "1", "v1.2rc1", "newest", "0.18.x"),
    "source": (
        *("hf://a/b", "hf://a/b@main", "s3://a/b", "gs://a", "https://a.example/b"),
        *(
            "a/b",
            "ftp://a/b",
            "s3://a@b",
            "hf:///a",
            "http://a.example",
            "azure://a/b/c",
        ),
        *(
            "bdn:weights/llama:prod",
            "bdn:a/b",
            "bdn:a",
            "bdn:a/b@12",
            "bdn:a/b@b3:0123456789ab",
        ),
        *("HF", "GCS", "hf"),
    ),
    "mount_location": ("/models/a", "/b", "models", "./a"),
    "path": ("/models/a", "/", "a", "/a/../b", "/a/b/"),
    "include": ("*.bin", "a/*", "/a", "../a", "a//b", "a/", " a", ".", "a\\b"),
    "ip_allow_list": (
        *("1.1.1.1", "8.8.8.0/24", "1.1.1", "::1", "1.1.1.1/33", "256.1.1.1", "a.b"),
        *("10.0.0.0/255.0.0.0", "01.1.1.1"),
    ),
    "fqdn_allow_list": (
        "*.baseten.co",
        "a.example",
        "a b",
        "http://a",
        "-a",
        "a.",
        "a_b",
    ),
    "python_executable_path": ("/usr/bin/python3", "python3", "", "bin/python"),
    "revision": ("", "a", "main", "0123abc"),
    "namespace": ("weights", "a/b", "..", "a"),
    "auth_method": (
        *("CUSTOM_SECRET", "AWS_OIDC", "GCP_OIDC", "AWS_ASSUME_ROLE", "aws_oidc"),
        *(
            "GCP_SERVICE_ACCOUNT_JSON",
            "AWS_IAM",
            "REGISTRY_SECRET",
            "Aws_Iam",
            "PASSWORD",
        ),
    ),
    "repo": ("a/b", "a", "a/b/c", "a b"),
    "version": ("", "1.2"),
}
TEXTS["exclude"] = TEXTS["include"]
"""What is written at a key that holds text, right and wrong."""


class Writer:
    """Writes configs; each is another, and the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self._slips = 0

    def configs(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield configs of one to three keys, with no slip, one or two."""
        names = sorted(schema.whole()["properties"])
        for _ in range(count):
            self._slips = self._draw.choice((0, 1, 1, 2))
            chosen = self._draw.sample(names, self._draw.choice((1, 1, 2, 3)))
            yield {name: self._value(self._below(name), name, 0) for name in chosen}

    def _below(self, name: str) -> schema.Schema:
        known: schema.Schema = schema.whole()["properties"][name]
        return known

    def _value(self, taken: schema.Schema, name: str, depth: int) -> Any:
        if self._slips and self._draw.random() < 0.15 + 0.1 * depth:
            self._slips -= 1
            return self._draw.choice(JUNK)
        option = self._draw.choice(schema.options(taken))
        kind = option.get("type", "any")
        if kind == "object":
            return self._object(option, depth)
        if kind == "array":
            held = option.get("items", {})
            many = range(self._draw.choice((0, 1, 1, 2, 2)))
            return [self._value(held, name, depth + 1) for _ in many]
        return self._scalar(option, kind, name)

    def _object(self, option: schema.Schema, depth: int) -> dict[str, Any]:
        known: Mapping[str, Any] = option.get("properties", {})
        if not known:
            more = option.get("additionalProperties")
            held = more if isinstance(more, Mapping) else {}
            names = self._draw.sample(
                ("A", "b.c", "PORT", "x y"), self._draw.choice((0, 1, 2))
            )
            return {each: self._value(held, each, depth + 1) for each in names}
        needed = [n for n in option.get("required", ()) if self._draw.random() < 0.95]
        needed += [n for n in known if "const" in known[n]]
        share = self._draw.choice((0.1, 0.3, 0.6)) / (1 + depth)
        more = [n for n in known if n not in needed and self._draw.random() < share]
        made = {n: self._value(known[n], n, depth + 1) for n in [*needed, *more]}
        if self._slips and self._draw.random() < 0.1:
            self._slips -= 1
            made[self._draw.choice(("extra", "enable", "Kind"))] = self._draw.choice(
                JUNK
            )
        return made

    def _scalar(self, option: schema.Schema, kind: str, name: str) -> Any:
        listed = schema.enumerated(option)
        if kind in ("null", "any"):
            return None if kind == "null" else self._draw.choice(JUNK)
        if kind == "string":
            written = [*TEXTS.get(name, ("a", "b", "/a/b.c")), *listed]
            return self._draw.choice(
                listed if listed and self._draw.random() < 0.8 else written
            )
        if kind == "boolean":
            return self._draw.choice((True, False))
        if kind == "integer":
            return self._draw.choice((0, 1, 2, 3, 8, 64, 128, 1000, 60000, -1, 10**7))
        return self._draw.choice((0, 0.5, 1, 2, 0.9, -1, 30))
