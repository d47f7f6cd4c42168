"""The keys of config.yaml that Truss knows, and what it takes at each.

Truss checks types when it reads the file. It ignores a key that it doesn't know, and
``truss push`` refuses it; we keep it, with a note, as a later Truss may know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import NoneType
from typing import Any, get_args

from truss_nb.errors import Problem, Reason, SettingError
from truss_nb.truss import VERSION

PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
"""SUPPORTED_PYTHON_VERSIONS of ``truss/base/constants.py``."""

KEYS: Mapping[str, Any] = {
    "model_name": str | None,
    "model_metadata": Any,
    "description": str | None,
    "examples_filename": str,
    "data_dir": str,
    "external_data": Any,
    "external_package_dirs": Any,
    "python_version": str,
    "base_image": {
        "image": str,
        "python_executable_path": str,
        "docker_auth": {
            "aws_oidc_role_arn": str | None,
            "aws_oidc_region": str | None,
            "gcp_oidc_service_account": str | None,
            "gcp_oidc_workload_id_provider": str | None,
            "aws_assume_role_arn": str | None,
            "aws_assume_role_region": str | None,
            "auth_method": str,
            "registry": str | None,
            "secret_name": str | None,
            "aws_access_key_id_secret_name": str,
            "aws_secret_access_key_secret_name": str,
        },
    },
    "requirements_file": str | None,
    "requirements": Any,
    "system_packages": Any,
    "environment_variables": Any,
    "secrets": Any,
    "resources": {
        "cpu": str,
        "memory": str,
        "accelerator": Any,
        "use_gpu": Any,
        "instance_type": str | None,
        "node_count": int | None,
        "fabric": {"use_rdma": bool | None, "preferences": Any},
    },
    "runtime": {
        "predict_concurrency": int,
        "streaming_read_timeout": int,
        "enable_tracing_data": bool,
        "enable_debug_logs": bool,
        "transport": {
            "kind": str,
            "ping_interval_seconds": float | int | None,
            "ping_timeout_seconds": float | int | None,
        },
        "is_websocket_endpoint": bool | None,
        "health_checks": {
            "restart_check_delay_seconds": int | None,
            "restart_threshold_seconds": int | None,
            "stop_traffic_threshold_seconds": int | None,
            "startup_threshold_seconds": int | None,
        },
        "oidc": {"enabled": bool | None},
        "remote_ssh": {"enabled": bool},
        "egress_restrictions": {"ip_allow_list": Any, "fqdn_allow_list": Any},
        "truss_server_version_override": str | None,
    },
    "build": {
        "model_server": str,
        "arguments": Any,
        "secret_to_path_mapping": Any,
        "no_cache": bool,
    },
    "build_commands": Any,
    "docker_server": {
        "start_command": str | None,
        "server_port": int,
        "predict_endpoint": str,
        "readiness_endpoint": str,
        "liveness_endpoint": str,
        "run_as_user_id": int | None,
        "no_build": bool | None,
    },
    "model_cache": Any,
    "weights": Any,
    "bdn": {"mounts": Any, "access": Any, "hotload": {"enabled": bool}},
    "trt_llm": Any,
    "training_checkpoints": Any,
    "bis_llm": Any,
    "input_type": str,
    "model_framework": str,
    "model_type": str,
    "model_module_dir": str,
    "model_class_filename": str,
    "model_class_name": str,
    "bundled_packages_dir": str,
    "use_local_src": bool,
    "cache_internal": Any,
    "live_reload": bool,
    "apply_library_patches": bool,
    "spec_version": str,
}
"""``TrussConfig`` of ``truss/base/truss_config.py``, with its sections.

``Any`` stands for lists, for free names, and for what Truss reads in several ways.
"""

_PATTERNS = {
    "resources.cpu": (r"\d*\.?\d+m?", "2 or 500m"),
    "resources.memory": (r"\d*\.?\d+([kMGTPE]|[KMGTPE]i)?", "4Gi or 512Mi"),
}
"""Resources in the same file: what its validators take, and how one writes it."""


def as_truss_takes(key: str, value: Any) -> Any:
    """Return the value as config.yaml must hold it, a number as text where it must.

    Args:
        key: where the value goes, dotted.
        value: plain values of YAML.

    Raises:
        SettingError: Truss would refuse it.
    """
    taken: Any = KEYS
    for part in key.split("."):
        taken = taken.get(part, Any) if isinstance(taken, Mapping) else Any
    return _fitted(key, value, taken)


UNKNOWN = Reason(
    "T101",
    f"is no key of config.yaml that Truss {VERSION} knows: the server ignores it, and "
    "truss push refuses it",
    "{hint}; take this one back with %truss_config --remove {name}",
)


def unknown_keys(
    config: Mapping[str, Any], taken: Mapping[str, Any] = KEYS, above: str = ""
) -> Iterator[Problem]:
    """Yield a note on each key of ``config`` that Truss doesn't know.

    Args:
        config: settings.
        taken: what Truss knows of them.
        above: the dotted key that they stand below, with its last dot.
    """
    for name, value in config.items():
        key = f"{above}{name}"
        if name not in taken:
            yield _not_known(key, [f"{above}{known}" for known in taken])
        elif isinstance(taken[name], Mapping) and isinstance(value, Mapping):
            yield from unknown_keys(value, taken[name], f"{key}.")


def _fitted(key: str, value: Any, taken: Any) -> Any:
    if isinstance(taken, Mapping):
        if isinstance(value, Mapping):
            return {
                name: _fitted(f"{key}.{name}", below, taken.get(name, Any))
                for name, below in value.items()
            }
        raise _refused(key, value, f"keys below it, as in {key}.{next(iter(taken))}")
    if key == "python_version":
        return _python(value)
    if taken is Any:
        return value
    kinds = get_args(taken) or (taken,)
    if type(value) in (int, float) and str in kinds:
        value = str(value)
    if type(value) not in kinds:
        raise _refused(key, value, " or ".join(_NAMES[kind] for kind in kinds))
    pattern, written = _PATTERNS.get(key, ("", ""))
    if pattern and not re.fullmatch(pattern, value):
        raise _refused(key, value, f"what is written like {written}")
    return value


_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NoneType: "null",
}


def _python(value: Any) -> str:
    """Return ``py311`` for itself, ``"3.11"`` or 3.11; YAML reads 3.10 as 3.1."""
    shorts = {version: f"py{version.replace('.', '')}" for version in PYTHONS}
    for version, short in shorts.items():
        if value in (version, float(version), short):
            return short
    raise _refused("python_version", value, f"one of {', '.join(shorts.values())}")


def _refused(key: str, value: Any, taken: str) -> SettingError:
    return SettingError(f"{key} can't be {value!r}: Truss takes {taken} there.")


def _not_known(key: str, beside: list[str]) -> Problem:
    elsewhere = [one for one in _dotted("", KEYS) if one.endswith(f".{key}")]
    close = [*elsewhere, *get_close_matches(key, beside, n=1)]
    hint = f"The closest is {close[0]}" if close else "Perhaps a newer Truss knows it"
    return UNKNOWN.of(key, hint=hint)


def _dotted(above: str, keys: Mapping[str, Any]) -> Iterator[str]:
    for name, below in keys.items():
        yield f"{above}{name}"
        if isinstance(below, Mapping):
            yield from _dotted(f"{above}{name}.", below)
