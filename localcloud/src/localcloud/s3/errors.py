"""Errors of S3 that several modules raise."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError


def invalid_argument(message: str) -> ApiError:
    return ApiError("InvalidArgument", message, 400)


def invalid_request(message: str) -> ApiError:
    return ApiError("InvalidRequest", message, 400)


def no_such_bucket() -> ApiError:
    return ApiError("NoSuchBucket", "The specified bucket does not exist", 404)
