"""What an ARN that a caller gives must look like, and AWS's complaints if it does not."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError

_RESOURCE = 5


def require_arn(arn: str, *kinds: str) -> str:
    """``arn``, if its resource type is one of ``kinds``, as in stateMachine or mapRun."""
    parts = arn.split(":")
    if parts[0] != "arn":
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    if len(parts) <= _RESOURCE + 1 or parts[2] != "states":
        raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
    if parts[_RESOURCE] not in kinds:
        raise ApiError(
            "InvalidArn",
            f"Invalid Arn: 'Resource type not valid in this context: {parts[_RESOURCE]}'",
        )
    return arn
