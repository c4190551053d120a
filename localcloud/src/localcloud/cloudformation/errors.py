"""Errors worded as CloudFormation words them, and the reason for which a resource failed."""

import logging
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.gateway.errors import ApiError

log = logging.getLogger(__name__)
validation_error = partial(ApiError, "ValidationError", status=400)


def template_error(message: str) -> ApiError:
    return validation_error(f"Template format error: {message}")


def unresolved(names: list[str], block: str) -> ApiError:
    """The error for names in a block of the template that refer to no resource or parameter."""
    return template_error(
        f"Unresolved resource dependencies [{', '.join(names)}] in the {block} block of the "
        "template"
    )


class ResourceFailure(Exception):
    """A resource could not be created, changed or deleted; stack events show the message."""


def reason_of(error: Exception) -> str:
    """The ResourceStatusReason for what a resource provider raised."""
    # The form is that of AWS's own resource handlers, for example
    # ``Resource handler returned message: "… (Service: S3, Status Code: 409, Request ID: …)"``.
    if isinstance(error, ClientError):
        metadata = error.response.get("ResponseMetadata", {})
        details = error.response.get("Error", {})
        return (
            f'Resource handler returned message: "{details.get("Message")} '
            f"(Operation: {error.operation_name}, Status Code: {metadata.get('HTTPStatusCode')}, "
            f'Error Code: {details.get("Code")}, Request ID: {metadata.get("RequestId")})"'
        )
    if isinstance(error, ApiError):
        return f"{error.message} ({error.code})"
    if isinstance(error, (ResourceFailure, BotoCoreError)):
        return str(error)
    log.error("resource failed inside the local cloud", exc_info=error)
    return defect_reason(error)


def defect_reason(error: Exception) -> str:
    return f"This is a defect of the local cloud, not of the template: {error!r}"
