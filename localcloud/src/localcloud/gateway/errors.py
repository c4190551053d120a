"""Errors as AWS words them, and the loud one for what is not emulated."""

from __future__ import annotations

from moto.core.exceptions import ServiceException

NOT_EMULATED = "LocalCloudNotEmulated"


class ApiError(ServiceException):
    """An error answer: ``code`` is AWS's error name, ``status`` its HTTP status (by default what
    the model says).
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(code, message)
        self.status = status


def not_emulated(what: str) -> ApiError:
    """Never a made-up success: say what is missing, by name."""
    return ApiError(NOT_EMULATED, f"The local cloud does not emulate {what}.", 501)


def access_denied(principal_arn: str, action: str, resource: str, why: str) -> ApiError:
    """IAM's own wording, so that a policy can be mended from the message."""
    return ApiError(
        "AccessDeniedException",
        f"User: {principal_arn} is not authorized to perform: {action} "
        f"on resource: {resource} {why}",
        403,
    )
