"""The FunctionConfiguration that CreateFunction and UpdateFunctionConfiguration make, checked."""

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import not_emulated
from localcloud.lambda_ import limits, log_levels
from localcloud.lambda_.arns import parse_layer_version
from localcloud.lambda_.errors import invalid, invalid_parameter, too_large_unzipped
from localcloud.lambda_.model import Registry
from localcloud.network.zones import BARE_ZONE

# Members that both operations take and that are stored as they come.
_STORED_AS_SENT = (
    "Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "Environment",
    "TracingConfig", "EphemeralStorage", "Architectures",
)  # fmt: skip


def default_configuration(name: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"""
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
    base: dict[str, Any], params: dict[str, Any], region: str, registry: Registry, memory_mb: int
) -> dict[str, Any]:
    """Return ``base`` with the members in ``params`` replaced, except VpcConfig, all checked.

    ``memory_mb``: the most that the account's quota allows.
    """
    if params.get("PackageType", "Zip") != "Zip":
        raise not_emulated("Lambda functions from container images")
    if params.get("SnapStart", {}).get("ApplyOn", "None") != "None":
        raise not_emulated("Lambda SnapStart")
    result = {**base, **{name: params[name] for name in _STORED_AS_SENT if name in params}}
    if logging := params.get("LoggingConfig"):
        result["LoggingConfig"] = log_levels.logging_config(result["LoggingConfig"], logging)
    if "Layers" in params:
        result["Layers"] = [_layer(arn, region, registry) for arn in params["Layers"]]
    if not (result.get("Environment") or {}).get("Variables"):
        result.pop("Environment", None)
    _check(result, memory_mb)
    return result


def check_unzipped(configuration: dict[str, Any], code_bytes: int, registry: Registry) -> None:
    """Refuse code and layers of more than 250 MB together."""
    layers = registry.layer_versions(configuration)
    if code_bytes + sum(layer.unzipped_bytes for layer in layers) > limits.UNZIPPED_BYTES:
        raise too_large_unzipped()


def check_name(name: str) -> None:
    if len(name) > limits.NAME_CHARACTERS:
        constraint = f"have length less than or equal to {limits.NAME_CHARACTERS}"
        raise invalid("functionName", constraint, name)


def _check(configuration: dict[str, Any], memory_mb: int) -> None:
    runtime, handler = configuration.get("Runtime"), configuration.get("Handler")
    if not runtime or not handler:
        raise invalid_parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment "
            "packages."
        )
    _check_runtime(runtime)
    for member, value, most in (
        ("timeout", configuration["Timeout"], limits.TIMEOUT_SECONDS),
        ("memorySize", configuration["MemorySize"], memory_mb),
        ("ephemeralStorage.size", configuration["EphemeralStorage"]["Size"], limits.EPHEMERAL_MB),
    ):
        if value > most:
            raise invalid(member, f"have value less than or equal to {most}", value)
    if len(configuration.get("Layers", ())) > limits.LAYERS_PER_FUNCTION:
        raise invalid_parameter(f"Cannot reference more than {limits.LAYERS_PER_FUNCTION} layers.")
    _check_variables(configuration.get("Environment", {}).get("Variables", {}))


def _check_runtime(runtime: str) -> None:
    if runtime in limits.RETIRED_RUNTIMES:
        raise invalid_parameter(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions."
        )
    if runtime not in limits.RUNTIMES:
        raise not_emulated(f"the Lambda runtime {runtime}")


def _check_variables(variables: dict[str, str]) -> None:
    prefix = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    if reserved := sorted(limits.RESERVED_VARIABLES & variables.keys()):
        raise invalid_parameter(
            prefix + "contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > limits.ENVIRONMENT_BYTES:
        raise invalid_parameter(prefix + f"exceeded the 4KB limit. String measured: {measured}")


def _layer(arn: str, region: str, registry: Registry) -> dict[str, Any]:
    layer_region, _, _ = parse_layer_version(arn)
    if layer_region != region:
        raise invalid_parameter(
            "Layers are not in the same region as the function. "
            f"Layers are expected to be in region {region}."
        )
    version = registry.layer_version(arn)
    if version is None:
        raise invalid_parameter(f"Layer version {arn} does not exist.")
    return {"Arn": arn, "CodeSize": version.description["Content"]["CodeSize"]}


def resolve_vpc(params: dict[str, Any], region: str, clients: Clients) -> dict[str, Any] | None:
    """Return VpcConfig as the API shows it, with VpcId; None if the function is in no VPC."""
    subnets, groups = params.get("SubnetIds") or [], params.get("SecurityGroupIds") or []
    if not subnets and not groups:
        return None
    if not subnets or not groups:
        raise invalid_parameter("SubnetIds and SecurityIds must coexist or be both empty list.")
    ec2 = clients.client("ec2", region)
    try:
        descriptions = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
        ec2.describe_security_groups(GroupIds=groups)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        action = "DescribeSubnets" if "Subnet" in code else "DescribeSecurityGroups"
        raise invalid_parameter(
            f"Error occurred while {action}. EC2 Error Code: {code}. EC2 Error Message: {message}"
        ) from error
    vpcs = {subnet["VpcId"] for subnet in descriptions}
    if len(vpcs) != 1:
        raise invalid_parameter("All subnets must be in the same VPC.")
    if any(subnet["AvailabilityZone"] == BARE_ZONE for subnet in descriptions):
        # https://github.com/keboola/developer-portal/issues/81
        raise invalid_parameter(
            "The provided subnets contain availability zone Lambda doesn't support. Please use a "
            "different set of subnets."
        )
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": vpcs.pop(),
        "Ipv6AllowedForDualStack": params.get("Ipv6AllowedForDualStack", False),
    }
