"""Writes truss_nb/truss/config.schema.json, from the installed truss.

    python tests/truss/schema.py > truss_nb/truss/config.schema.json

Types, items, enums and ranges are those of pydantic's schema of ``TrussConfig``. The
tables here say what its validators ask beyond that, and what they let pass.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")  # truss' own

from pydantic.json_schema import GenerateJsonSchema  # noqa: E402
from truss.base import constants, truss_config  # noqa: E402

UNTOLD = {"title", "description", "default", "examples", "discriminator"}
TEXT = {"type": "string"}
NULL = {"type": "null"}
GIVEN = {**TEXT, "minLength": 1}
EMPTY = {"enum": ["", None]}
ACCELERATORS = [each.value for each in truss_config.Accelerator]
MEMORY = "|".join(truss_config.Resources._MEMORY_UNITS)
NUMBER = r"\s*[+-]?[\d._]+([eE][+-]?\d+)?\s*|\s*[+-]?([nN][aA][nN]|[iI][nN][fF]\w*)\s*"
OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
NO_CACHE = {"description": "false (there is truss push --no-cache)"}
ADDRESS = rf"({OCTET}\.){{3}}{OCTET}"
SEGMENT = r"(?!\.{1,2}(/|$))[^/\\\0]+"
NAME = r"(?!.*\.\.)[^/:@\0]{1,256}"
CLOUD = "|".join(sorted(p[:-3] for p in truss_config._CLOUD_STORAGE_PREFIXES))


def text(pattern, description):
    """Return what takes a text that wholly matches."""
    return {**TEXT, "pattern": f"^({pattern})$", "description": description}


def items(schema, **more):
    return {"type": "array", "items": schema, **more}


def optional(schema):
    return {"anyOf": [schema, NULL]}


VALIDATED = {
    "Resources.cpu": text(rf"{NUMBER}|[0-9.]*m", "what is written like 2 or 500m"),
    "Resources.memory": text(
        rf"{NUMBER}|[0-9.]*({MEMORY})", "what is written like 4Gi or 512Mi"
    ),
    "Resources.use_gpu": {},
    "Resources.accelerator": {
        "anyOf": [
            {"enum": ACCELERATORS, **TEXT},
            text(
                rf"\s*({'|'.join(ACCELERATORS)})(:0*[1-9]\d*|:[^:]*:.*)?\s*",
                "several of one, as in A100:2",
            ),
            {
                "type": "object",
                "properties": {
                    "accelerator": optional({"enum": ACCELERATORS, **TEXT}),
                    "count": {"type": "integer", "minimum": 0},
                },
            },
            NULL,
        ]
    },
    "Runtime.transport": {
        "anyOf": [
            {"$ref": "#/$defs/HTTPOptions"},
            {"$ref": "#/$defs/WebsocketOptions"},
            {"$ref": "#/$defs/GRPCOptions"},
        ]
    },
    "Runtime.truss_server_version_override": optional(
        text(r"\s*[vV]?\d[\w.!+-]*\s*", "a version, as in 0.9.0")
    ),
    "EgressRestrictions.ip_allow_list": optional(
        items(
            text(
                rf"{ADDRESS}(/(0*(3[0-2]|[12]?\d)|{ADDRESS}))?",
                "an address of IPv4, as in 1.1.1.1 or 8.8.8.0/24",
            )
        )
    ),
    "EgressRestrictions.fqdn_allow_list": optional(
        items(
            text(truss_config._FQDN_PATTERN.pattern[1:-1], "a host, as in *.baseten.co")
        )
    ),
    "ModelRepo.revision": text("|.{2,}", "nothing, or at least 2 characters"),
    "ModelRepoCacheInternal.revision": text(
        "|.{2,}", "nothing, or at least 2 characters"
    ),
    "WeightsSource.source": text(
        rf"({CLOUD})://[^/@][^@]*|(hf|https)://[^/].*",
        "a place, as in hf://owner/name@revision or s3://bucket/path",
    ),
    "WeightsSource.mount_location": text("/.*", "an absolute path"),
    "BDNVolumeMount.source": text(
        rf"bdn:{NAME}/{NAME}(:{NAME}|@(b3:)?[0-9a-fA-F]{{12,64}})?",
        "a volume, as in bdn:namespace/volume:tag",
    ),
    "BDNVolumeMount.path": text(
        r"(?!.*/\.\.(/|$))/[^\0]*[^/\0][^\0]*", "an absolute path, and not the root"
    ),
    "BDNAccess.namespace": text(r"(?!.*\.\.)[^/\0]{1,256}", "a namespace's name"),
    "BDNAccess.grants": items(
        {"$ref": "#/$defs/BDNAccessGrant"}, minItems=1, uniqueItems=True
    ),
    "BaseImage.python_executable_path": text("|/.*", "an absolute path"),
    "Build.no_cache": {
        "anyOf": [
            # Of what pydantic takes as true, the reader of the file refuses one.
            {"enum": [1, 1.0, "1", "true", "yes", "on", "t", "y"], **NO_CACHE},
            {"enum": [False], "type": "boolean", **NO_CACHE},
        ]
    },
    "Build.secret_to_path_mapping": {
        "type": "object",
        "additionalProperties": TEXT,
        "propertyNames": text(
            r"(?!\.{1,2}$)[-._a-zA-Z0-9]{1,253}"
            rf"|{constants.REGISTRY_BUILD_SECRET_PREFIX}.{{0,237}}",
            "a secret's name",
        ),
    },
    "DockerServer.run_as_user_id": optional(
        {
            "type": "integer",
            "notIn": [0, constants.DEFAULT_NON_ROOT_USER_ID],
            "description": "a user that the image has, and not root or its own",
        }
    ),
    "CheckpointRepository.repo": TEXT,
    "model_metadata": {"type": "object"},
    "cache_internal": optional({"$ref": "#/$defs/CacheInternal"}),
    "hf_cache": {
        "anyOf": [{"$ref": "#/$defs/ModelCache"}, {"enum": [None, False, 0, "", {}]}]
    },
    "python_version": {
        **TEXT,
        "enum": [
            f"py{v.replace('.', '')}" for v in constants.SUPPORTED_PYTHON_VERSIONS
        ],
    },
}
"""What a validator makes of one key."""
for version in ("engine_builder", "briton", "bei", "bei_bert"):
    VALIDATED[f"VersionsOverrides.{version}_version"] = optional(
        text(r"\d.*", "a version, as in 0.17.0")
    )
for glob in ("include", "exclude"):
    VALIDATED[f"BDNVolumeMount.{glob}"] = items(
        text(rf"(?!\s)(?!.*\s$){SEGMENT}(/{SEGMENT})*/?", "a relative path, or a glob")
    )

REQUIRED = {
    **dict.fromkeys(("WebsocketOptions", "GRPCOptions"), "kind"),
    "TRTLLMConfigurationV2": "inference_stack",
}
"""What tells one of several from the others."""


def given(path, schema):
    """Return what takes an object that has a value at a dotted path."""
    for name in reversed(path.split(".")):
        schema = {"required": [name], "properties": {name: schema}}
    return schema


def empty(path, schema=None):
    """Return what takes an object that has nothing at a dotted path."""
    schema = EMPTY if schema is None else schema
    for name in reversed(path.split(".")):
        schema = {"properties": {name: schema}}
    return schema


def rule(description, if_, then):
    return {"description": description, "if": if_, "then": then}


SOME, NONE = {"type": "array", "minItems": 1}, {"maxItems": 0}
YES, NO = {"enum": [True]}, {"enum": [False, None]}
AWAY = {
    "CUSTOM_SECRET": ["auth_secret_name"],
    "GCP_SERVICE_ACCOUNT_JSON": ["secret_name"],
    "AWS_OIDC": ["aws_oidc_role_arn", "aws_oidc_region"],
    "GCP_OIDC": ["gcp_oidc_service_account", "gcp_oidc_workload_id_provider"],
    "AWS_ASSUME_ROLE": ["aws_assume_role_arn", "aws_assume_role_region"],
}
"""What each way to log in needs; none takes what another needs."""
CLOUDS = ("AWS_OIDC", "GCP_OIDC", "AWS_ASSUME_ROLE")


def logins(secret, *methods):
    fields = {secret, *(name for method in CLOUDS for name in AWAY[method])}
    for method in methods:
        needed = AWAY[method]
        barred = sorted(fields - set(needed))
        yield rule(
            f"with {method} needs {' and '.join(needed)}, and none of the others",
            given("auth_method", {"enum": [method]}),
            {
                "required": needed,
                "properties": dict.fromkeys(needed, GIVEN)
                | dict.fromkeys(barred, EMPTY),
            },
        )


RULES = {
    "": [
        rule(
            "takes requirements or requirements_file, and not both",
            given("requirements", SOME),
            empty("requirements_file"),
        ),
        rule(
            "takes model_cache or weights, and not both",
            given("model_cache", SOME),
            empty("weights", NONE),
        ),
        rule(
            "takes no docker_server.run_as_user_id with runtime.remote_ssh.enabled",
            given("runtime.remote_ssh.enabled", YES),
            empty("docker_server.run_as_user_id", NULL),
        ),
    ],
    "WeightsAuth": list(logins("auth_secret_name", "CUSTOM_SECRET", *CLOUDS)),
    "DockerAuthSettings": list(
        logins("secret_name", "GCP_SERVICE_ACCOUNT_JSON", *CLOUDS)
    ),
    "WeightsSource": [
        rule(
            "takes auth_secret_name or auth.auth_secret_name, and not both",
            given("auth_secret_name", GIVEN),
            empty("auth.auth_secret_name"),
        )
    ],
    "ModelRepo": [
        rule(
            "needs volume_folder if use_volume is true",
            given("use_volume", YES),
            given("volume_folder", GIVEN),
        ),
        rule(
            "needs a revision if use_volume is true and kind is hf",
            {
                **given("use_volume", YES),
                "properties": {"use_volume": YES, "kind": {"enum": ["hf"]}},
            },
            given("revision", GIVEN),
        ),
    ],
    "DockerServer": [
        rule(
            "needs start_command unless no_build is true",
            empty("no_build", NO),
            given("start_command", TEXT),
        )
    ],
    "HTTPOptions": [rule("needs kind", {"minProperties": 1}, {"required": ["kind"]})],
    "TRTLLMConfigurationV1": [
        rule(
            "needs build.checkpoint_repository",
            {},
            given("build.checkpoint_repository", {"type": "object"}),
        )
    ],
    "TRTLLMConfigurationV2": [
        rule(
            "needs build.checkpoint_repository unless build.skip_build_result is true",
            empty("build.skip_build_result", NO),
            given("build.checkpoint_repository", {"type": "object"}),
        )
    ],
    "CheckpointList": [
        rule(
            "takes artifact_references or loops_checkpoint_ids, and not both",
            given("artifact_references", SOME),
            empty("loops_checkpoint_ids", NONE),
        )
    ],
}
"""What a validator makes of several keys at once."""
RULES["ModelRepoCacheInternal"] = RULES["ModelRepo"]


class Strict(GenerateJsonSchema):
    """Tells where a number isn't taken from what only looks like one."""

    def int_schema(self, schema):
        made = super().int_schema(schema)
        return {**made, "strict": True} if schema.get("strict") else made

    def float_schema(self, schema):
        made = super().float_schema(schema)
        return {**made, "strict": True} if schema.get("strict") else made


def told(value):
    """Return a part of the schema without what is told to people."""
    if isinstance(value, list):
        return [told(each) for each in value]
    if not isinstance(value, dict):
        return value
    names = {
        key: {name: told(each) for name, each in value[key].items()}
        for key in ("properties", "$defs")
        if key in value
    }
    rest = {key: told(v) for key, v in value.items() if key not in {*names, *UNTOLD}}
    return {**rest, **names}


def schema():
    made = told(truss_config.TrussConfig.model_json_schema(schema_generator=Strict))
    for place, fragment in VALIDATED.items():
        section, _, name = place.rpartition(".")
        of = made["$defs"][section] if section else made
        of["properties"][name] = fragment
    for section, name in REQUIRED.items():
        of = made["$defs"][section]
        of["required"] = [*of.get("required", []), name]
    for section, rules in RULES.items():
        (made["$defs"][section] if section else made)["allOf"] = rules
    del made["$defs"]["AcceleratorSpec"]
    return {**made, "default": truss_config.TrussConfig().to_dict()}


def lines(made):
    """Yield the schema with a line for each section and each key."""
    for key in ("$defs", "properties"):
        yield f'"{key}": {{\n' + ",\n".join(rows(made.pop(key))) + "\n}"
    yield from rows(made)


def rows(made):
    return [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in made.items()]


if __name__ == "__main__":
    sys.stdout.write("{" + ",\n".join(lines(schema())) + "}\n")
