"""The engine's error answers, worded as CloudFormation words them, and the reason a resource fails
for.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from localcloud.gateway.errors import ApiError


def validation_error(message: str) -> ApiError:
    return ApiError("ValidationError", message, 400)


def template_error(message: str) -> ApiError:
    return validation_error(f"Template format error: {message}")


class ResourceFailure(Exception):
    """A resource could not be created, changed or deleted; the message goes into the stack's
    events.
    """


class CreationTimedOut(ResourceFailure):
    """A stack's TimeoutInMinutes is over."""

    def __init__(self) -> None:
        super().__init__("Stack creation time exceeded the specified timeout. ")


def reason_of(error: Exception) -> str:
    """The ResourceStatusReason for what a resource's handler raised.

    The form is that of AWS's own resource handlers, for example
    ``Resource handler returned message: "… (Service: S3, Status Code: 409, Request ID: …)"``.
    """
    if isinstance(error, ClientError):
        answer = error.response
        metadata = answer.get("ResponseMetadata", {})
        told = answer.get("Error", {})
        return (
            f'Resource handler returned message: "{told.get("Message")} '
            f"(Operation: {error.operation_name}, Status Code: {metadata.get('HTTPStatusCode')}, "
            f'Error Code: {told.get("Code")}, Request ID: {metadata.get("RequestId")})"'
        )
    if isinstance(error, ApiError):
        return f"{error.message} ({error.code})"
    return str(error) or repr(error)
