"""Errors of the Lambda API."""

from functools import partial

from localcloud.gateway.errors import ApiError
from localcloud.lambda_ import limits

invalid_parameter = partial(ApiError, "InvalidParameterValueException")
conflict = partial(ApiError, "ResourceConflictException")


def not_found(message: str = "The resource you requested does not exist.") -> ApiError:
    return ApiError("ResourceNotFoundException", message)


def invalid(member: str, value: object, constraint: str) -> ApiError:
    """The message of AWS's generic validation of requests."""
    return ApiError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


def mismatch(member: str, value: object, pattern: str) -> ApiError:
    return invalid(member, value, f"satisfy regular expression pattern: {pattern}")


def too_large_unzipped() -> ApiError:
    return invalid_parameter(f"Unzipped size must be smaller than {limits.UNZIPPED_BYTES} bytes")
