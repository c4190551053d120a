"""Errors of the two APIs. The data plane's carry the resource that they are about."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError


def conflict(message: str) -> ApiError:
    return ApiError("ConflictException", message)


def invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def invalid_token(_: str) -> ApiError:
    return invalid("NextToken is not valid.")


def not_found(kind: str, arn: str) -> ApiError:
    error = ApiError("ResourceNotFoundException", f"{kind} {arn} was not found.")
    return with_members(error, resourceType=kind, resourceId=arn)


def quota(message: str) -> ApiError:
    return ApiError("ServiceQuotaExceededException", message)


def unavailable() -> ApiError:
    """The sentence is the model's own documentation of this error."""
    return ApiError(
        "EndpointTemporarilyUnavailableException",
        "The cluster endpoint isn't available. Try another cluster endpoint.",
    )


def with_members(error: ApiError, **members: str) -> ApiError:
    """``error`` with further members of its shape; the serializer reads them as attributes."""
    for name, value in members.items():
        setattr(error, name, value)
    return error
