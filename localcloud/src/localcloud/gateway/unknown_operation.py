"""AWS's errors for a request that is no operation of its service."""

from localcloud.gateway.errors import ApiError, method_not_allowed, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.protocols import protocol_of

_UNKNOWN = "UnknownOperationException"


def unknown_operation(call: Call) -> ApiError:
    """The error of the protocol that the request is written in. AWS often gives no message.

    DynamoDB's were recorded for https://github.com/architect/dynalite. Of the query protocol:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/CommonErrors.html,
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    protocol = protocol_of(call.service, call.request)
    if call.service == "s3":
        return _of_s3(call)
    if protocol == "json":
        target = call.request.header("X-Amz-Target")
        return ApiError(_UNKNOWN, f"There is no operation '{target}'.", 400)
    if protocol in ("query", "ec2"):
        action, version = (call.moto_request.values.get(name, "") for name in ("Action", "Version"))
        return (_of_query if protocol == "query" else _of_ec2)(action, version)
    if protocol is None:
        content_type = call.request.header("Content-Type")
        return ApiError(_UNKNOWN, f"No operation has the content type '{content_type}'.", 404)
    path = f"{call.request.method} {call.request.parts.path}"
    return ApiError(_UNKNOWN, f"There is no operation {path}", 404)


def _of_query(action: str, version: str) -> ApiError:
    if not action:
        return ApiError("MissingAction", "The request is missing an action or operation.", 400)
    words = f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}"
    return ApiError("InvalidAction", words, 400)


def _of_ec2(action: str, _version: str) -> ApiError:
    if not action:
        return ApiError("MissingParameter", "The request must contain the parameter Action", 400)
    words = f"The action {action} is not valid for this web service."
    return ApiError("InvalidAction", words, 400)


def _of_s3(call: Call) -> ApiError:
    if call.request.method == "POST":  # a browser's form, which is in no model
        return not_emulated(f"this S3 request: {call.request.method} {call.request.url}")
    return method_not_allowed()
