"""Names and ARNs of functions and layers, in the forms that the API takes."""

import re
from dataclasses import dataclass

from localcloud.gateway.errors import not_emulated
from localcloud.lambda_.errors import mismatch
from localcloud.settings import ACCOUNT_ID

LATEST = "$LATEST"

# NamespacedFunctionName in botocore's model, with its parts named.
_FUNCTION = re.compile(
    r"(?:arn:aws:lambda:(?P<region>[a-z]{2}-[a-z]+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
_LAYER_VERSION = re.compile(
    r"arn:aws:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):layer:(?P<name>[a-zA-Z0-9-_]+):(?P<version>\d+)"
)


@dataclass(frozen=True)
class FunctionRef:
    """A function as a caller names it: ``region`` is the ARN's, or the one of the call."""

    region: str
    name: str


def parse_function(text: str, region: str, qualifier: str | None = None) -> FunctionRef:
    """Refuse by name versions and aliases: all but ``$LATEST``."""
    match = _FUNCTION.fullmatch(text)
    if not match:
        raise mismatch("functionName", text, _FUNCTION.pattern)
    for version in (match["qualifier"], qualifier):
        if version not in (None, LATEST):
            raise not_emulated(f"versions and aliases of Lambda functions ({version})")
    return FunctionRef(match["region"] or region, match["name"])


def parse_layer(text: str) -> str:
    """Return a layer's name, from the name itself or its ARN."""
    return text.rsplit(":", 1)[-1]


def parse_layer_version(arn: str) -> tuple[str, str, int]:
    """Return Region, layer and version of a layer version's ARN."""
    match = _LAYER_VERSION.fullmatch(arn)
    if not match:
        raise mismatch("layers", arn, _LAYER_VERSION.pattern)
    return match["region"], match["name"], int(match["version"])


def function_arn(region: str, name: str) -> str:
    return f"arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{name}"


def layer_arn(region: str, name: str) -> str:
    return f"arn:aws:lambda:{region}:{ACCOUNT_ID}:layer:{name}"
