"""The check that a call has what AWS's model of its operation demands, before it has any effect."""

from itertools import islice

from localcloud.gateway.constraints import Violation, missing, violations
from localcloud.gateway.errors import MALFORMED_XML, ApiError
from localcloud.gateway.identify import Call

# AWS's names for a value that breaks a constraint of the model, where it is not ValidationError
# (query protocol) or ValidationException.
_CODES = {
    # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
    "apigatewayv2": "BadRequestException",
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    "logs": "InvalidParameterException",
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    "route53": "InvalidInput",
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html
    "sesv2": "BadRequestException",
}
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
_BY_PARAMETER = {"ec2", "sqs"}
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# Their lengths and patterns in the model are not those that S3 applies.
_OF_S3 = {"s3", "s3control"}
_LARGEST_MESSAGE = 10
# What S3 says of a wrong value, by the member; of others only that they are wrong.
_WORDS_OF_S3 = {
    "EncodingType": ("InvalidArgument", "Invalid Encoding Method specified in Request"),
    "Events": ("InvalidArgument", "The event is not supported for notifications"),
    "LocationConstraint": (
        "InvalidLocationConstraint", "The specified location-constraint is not valid"
    ),
    "MetadataDirective": ("InvalidArgument", "Unknown metadata directive."),
    "ServerSideEncryption": (
        "InvalidArgument", "The encryption method specified is not supported"
    ),
    "TaggingDirective": ("InvalidArgument", "Unknown tagging directive."),
}  # fmt: skip


# Demanded by AWS, optional in botocore's model.
_REQUIRED = {
    "dynamodb:CreateTable": ("AttributeDefinitions", "KeySchema"),
    "ec2:CreateSubnet": ("CidrBlock",),
    "sns:Subscribe": ("Endpoint",),
}


def check_parameters(call: Call) -> None:
    """Raises AWS's error for the first parameters that the model does not allow."""
    if call.operation is None or call.operation.input_shape is None:
        return
    params = call.params
    broken = list(islice(violations(call.operation.input_shape, params), _LARGEST_MESSAGE))
    broken += [missing(name) for name in _REQUIRED.get(call.action, ()) if name not in params]
    if call.service in _OF_S3:
        broken = [item for item in broken if item.is_missing or "enum" in item.constraint]
    if broken:
        raise refusal(call, broken)


def refusal(call: Call, broken: list[Violation]) -> ApiError:
    """AWS's error for these parameters."""
    if call.service in _BY_PARAMETER:
        return _by_parameter(call, broken[0])
    if call.service in _OF_S3:
        return _of_s3(call, broken[0])
    code = "ValidationError" if call.protocol == "query" else "ValidationException"
    errors = f"{len(broken)} validation error{'s' if len(broken) > 1 else ''} detected: "
    message = errors + "; ".join(map(str, broken))
    return ApiError(_CODES.get(call.service, code), message, 400)


def missing_member(call: Call, error: Exception) -> ApiError | None:
    """AWS's error if ``error`` is about a parameter that AWS demands, unlike the model."""
    member = str(error.args[0]) if isinstance(error, KeyError) and error.args else None
    shape = call.operation.input_shape if call.operation else None
    if shape is None or member not in shape.members or call.params.get(member) is not None:
        return None
    return refusal(call, [missing(member)])


def _by_parameter(call: Call, broken: Violation) -> ApiError:
    name = ".".join(broken.members)
    if broken.is_missing:
        return ApiError("MissingParameter", f"The request must contain the parameter {name}.", 400)
    if call.service == "sqs" and broken.members[0] in ("Attributes", "AttributeNames"):
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
        unknown = [name for name in broken.value if name not in broken.constraint]
        if unknown:
            return ApiError("InvalidAttributeName", f"Unknown Attribute {unknown[0]}.", 400)
    message = f"Value ({broken.value}) for parameter {name} is invalid. {broken.constraint}."
    return ApiError("InvalidParameterValue", message, 400)


def _of_s3(call: Call, broken: Violation) -> ApiError:
    if broken.members == ("StorageClass",):
        words = "The storage class you specified is not valid"
        return ApiError("InvalidStorageClass", words, 400)
    for member in broken.members if "enum" in broken.constraint else ():
        if member in _WORDS_OF_S3:
            return ApiError(*_WORDS_OF_S3[member], 400)
    shape = call.operation.input_shape if call.operation else None
    if shape and "location" in shape.members[broken.members[0]].serialization:
        return ApiError("InvalidArgument", str(broken), 400)
    return ApiError(*MALFORMED_XML, 400)
