"""Errors of the Lambda API."""

from functools import partial

from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import ApiError
from localcloud.lambda_ import limits

invalid_parameter = partial(ApiError, "InvalidParameterValueException")
invalid = partial(one_violation, "ValidationException")  # AWS's generic validation of requests
conflict = partial(ApiError, "ResourceConflictException")


def not_found(message: str = "The resource you requested does not exist.") -> ApiError:
    return ApiError("ResourceNotFoundException", message)


def mismatch(member: str, value: object, pattern: str) -> ApiError:
    return invalid(member, f"satisfy regular expression pattern: {pattern}", value)


def too_large_unzipped() -> ApiError:
    return invalid_parameter(f"Unzipped size must be smaller than {limits.UNZIPPED_BYTES} bytes")
