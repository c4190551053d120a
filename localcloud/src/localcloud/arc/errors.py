"""Errors of the two APIs; those of the data plane name their resource."""

from functools import partial

from localcloud.gateway.errors import ApiError

conflict = partial(ApiError, "ConflictException")
invalid = partial(ApiError, "ValidationException")
quota = partial(ApiError, "ServiceQuotaExceededException")


def not_found(kind: str, arn: str) -> ApiError:
    error = ApiError("ResourceNotFoundException", f"{kind} {arn} was not found.")
    return with_members(error, resourceType=kind, resourceId=arn)


def unavailable() -> ApiError:
    """The message is the documentation of this error in botocore's model."""
    return ApiError(
        "EndpointTemporarilyUnavailableException",
        "The cluster endpoint isn't available. Try another cluster endpoint.",
    )


def with_members(error: ApiError, **members: str) -> ApiError:
    """Return ``error`` with more members of its shape, which the serializer reads as attributes."""
    for name, value in members.items():
        setattr(error, name, value)
    return error
