"""Errors as AWS words them, and the error for what is not emulated."""

from moto.core.exceptions import ServiceException

NOT_EMULATED = "LocalCloudNotEmulated"
# The outcome of a call that failed by a defect of the local cloud.
INTERNAL_FAILURE = "InternalFailure"
# S3's error of a body that is not what it must be.
MALFORMED_XML = (
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
)


class ApiError(ServiceException):
    """An error of AWS's: its name and HTTP status, by default the one in the model."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(code, message)
        self.status = status


def not_emulated(feature: str) -> ApiError:
    """The error that names a missing feature: better than a made-up success."""
    return ApiError(NOT_EMULATED, f"The local cloud does not emulate {feature}.", 501)


def method_not_allowed() -> ApiError:
    """S3's, of what cannot be done with this resource."""
    words = "The specified method is not allowed against this resource."
    return ApiError("MethodNotAllowed", words, 405)


def require(holds: object, code: str, message: str, status: int = 400) -> None:
    """Raise AWS's error unless the condition holds."""
    if not holds:
        raise ApiError(code, message, status)


def access_denied(principal_arn: str, action: str, resource: str, reason: str) -> ApiError:
    """A refusal in IAM's words, from which a policy can be mended."""
    return ApiError(
        "AccessDeniedException",
        f"User: {principal_arn} is not authorized to perform: {action} "
        f"on resource: {resource} {reason}",
        403,
    )
