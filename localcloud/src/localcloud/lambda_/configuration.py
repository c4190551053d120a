"""From the parameters of CreateFunction and UpdateFunctionConfiguration to a checked
FunctionConfiguration.
"""

from __future__ import annotations

import json
import re
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.lambda_ import limits
from localcloud.lambda_.model import Registry
from localcloud.lambda_.names import invalid, parse_layer_version
from localcloud.lambda_.packages import too_large_unzipped

_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_NAME = re.compile(r"[a-zA-Z0-9-_]+")
_VARIABLE = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")

# Members that both operations take and that are stored as they come.
_PLAIN = (
    "Runtime",
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "Environment",
    "DeadLetterConfig",
    "TracingConfig",
    "EphemeralStorage",
)
_UNKNOWN_HERE = (
    "KMSKeyArn",
    "FileSystemConfigs",
    "CodeSigningConfigArn",
    "ImageConfig",
    "TenancyConfig",
    "CapacityProviderConfig",
    "DurableConfig",
)


def defaults(name: str) -> dict[str, Any]:
    """What CreateFunction fills in (API reference, CreateFunction)."""
    return {
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "Architectures": ["x86_64"],
        "PackageType": "Zip",
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }


def apply(
    base: dict[str, Any], params: dict[str, Any], region: str, registry: Registry
) -> dict[str, Any]:
    """``base`` with the given members replaced, all of it checked. VpcConfig is the caller's to
    resolve.
    """
    for member in _UNKNOWN_HERE:
        if params.get(member):
            raise not_emulated(f"Lambda functions with {member}")
    if params.get("PackageType", "Zip") != "Zip":
        raise not_emulated("Lambda functions from container images")
    if params.get("SnapStart", {}).get("ApplyOn", "None") != "None":
        raise not_emulated("Lambda SnapStart")
    result = {**base, **{name: params[name] for name in _PLAIN if name in params}}
    if params.get("Architectures"):
        result["Architectures"] = params["Architectures"]
    if "LoggingConfig" in params:
        result["LoggingConfig"] = _logging(result, params["LoggingConfig"])
    if "Layers" in params:
        result["Layers"] = [_layer(arn, region, registry) for arn in params["Layers"]]
    for member in ("DeadLetterConfig", "Environment"):
        if member in result and not any(result[member].values()):
            del result[member]
    _check(result)
    return result


def check_unzipped(configuration: dict[str, Any], code_bytes: int, registry: Registry) -> None:
    """The 250 MB are the code's and all layers' together."""
    total = code_bytes
    for layer in configuration.get("Layers", ()):
        version = registry.layer_version(layer["Arn"])
        total += version.unzipped_bytes if version else 0
    if total > limits.UNZIPPED_BYTES:
        raise too_large_unzipped()


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid("functionName", name, f"satisfy regular expression pattern: {_NAME.pattern}")
    if len(name) > limits.NAME_CHARACTERS:
        raise invalid(
            "functionName", name, f"have length less than or equal to {limits.NAME_CHARACTERS}"
        )


def _check(configuration: dict[str, Any]) -> None:
    if not configuration.get("Runtime") or not configuration.get("Handler"):
        raise ApiError(
            "InvalidParameterValueException",
            "Runtime and Handler are mandatory parameters for functions created with deployment "
            "packages.",
        )
    _check_runtime(configuration["Runtime"])
    _between("timeout", configuration["Timeout"], limits.TIMEOUT_SECONDS)
    _between("memorySize", configuration["MemorySize"], limits.MEMORY_MB)
    _between(
        "ephemeralStorage.size", configuration["EphemeralStorage"]["Size"], limits.EPHEMERAL_MB
    )
    if not _ROLE.fullmatch(configuration["Role"]):
        raise invalid(
            "role", configuration["Role"], f"satisfy regular expression pattern: {_ROLE.pattern}"
        )
    if len(configuration["Handler"]) > 128 or re.search(r"\s", configuration["Handler"]):
        raise invalid(
            "handler", configuration["Handler"], r"satisfy regular expression pattern: [^\s]+"
        )
    if len(configuration.get("Layers", ())) > limits.LAYERS_PER_FUNCTION:
        raise ApiError(
            "InvalidParameterValueException",
            f"Cannot reference more than {limits.LAYERS_PER_FUNCTION} layers.",
        )
    _check_variables(configuration.get("Environment", {}).get("Variables", {}))


def _check_runtime(runtime: str) -> None:
    if runtime in limits.RETIRED_RUNTIMES:
        raise ApiError(
            "InvalidParameterValueException",
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions.",
        )
    if runtime not in limits.RUNTIMES:
        raise not_emulated(f"the Lambda runtime {runtime}")


def _between(member: str, value: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if value < low:
        raise invalid(member, value, f"have value greater than or equal to {low}")
    if value > high:
        raise invalid(member, value, f"have value less than or equal to {high}")


def _check_variables(variables: dict[str, str]) -> None:
    prefix = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    if reserved := sorted(limits.RESERVED_VARIABLES & variables.keys()):
        raise ApiError(
            "InvalidParameterValueException",
            prefix + "contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}",
        )
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise invalid(
                "environment.variables",
                "{" + name + "=***}",
                "satisfy constraint: [Member must satisfy regular expression pattern: "
                f"{_VARIABLE.pattern}]",
            )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > limits.ENVIRONMENT_BYTES:
        raise ApiError(
            "InvalidParameterValueException",
            prefix + f"exceeded the 4KB limit. String measured: {measured}",
        )


def _logging(configuration: dict[str, Any], wanted: dict[str, str]) -> dict[str, str]:
    merged = {**configuration["LoggingConfig"], **wanted}
    levels = ("ApplicationLogLevel", "SystemLogLevel")
    if merged.get("LogFormat") == "JSON":
        return {**dict.fromkeys(levels, "INFO"), **merged}
    if any(level in wanted for level in levels):
        raise ApiError(
            "InvalidParameterValueException",
            "Application and system log level filtering is only available for JSON log format.",
        )
    return {name: value for name, value in merged.items() if name not in levels}


def _layer(arn: str, region: str, registry: Registry) -> dict[str, Any]:
    home, _, _ = parse_layer_version(arn)
    if home != region:
        raise ApiError(
            "InvalidParameterValueException",
            "Layers are not in the same region as the function. "
            f"Layers are expected to be in region {region}.",
        )
    version = registry.layer_version(arn)
    if version is None:
        raise ApiError("InvalidParameterValueException", f"Layer version {arn} does not exist.")
    return {"Arn": arn, "CodeSize": version.description["Content"]["CodeSize"]}
