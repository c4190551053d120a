"""Errors of AWS for calls on which moto fails with an exception of Python."""

import re
from fnmatch import fnmatchcase
from xml.parsers.expat import ExpatError

from localcloud.gateway.errors import ApiError

_Error = tuple[str, str, int]
_XML: _Error = (
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    400,
)
_NO_UPLOAD: _Error = ("NoSuchUpload", "The specified upload does not exist.", 404)
_NO_KEY: _Error = ("NoSuchKey", "The specified key does not exist.", 404)
_NO_BUCKET: _Error = ("NoSuchBucket", "The specified bucket does not exist", 404)
_NO_SECRET: _Error = (
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret.",
    400,
)
_NO_API: _Error = ("NotFoundException", "Invalid API identifier specified", 404)
_NO_RESOURCE: _Error = ("NotFoundException", "Invalid Resource identifier specified", 404)
_NO_DEPLOYMENT: _Error = ("NotFoundException", "Invalid Deployment identifier specified", 404)
_PATCH: _Error = ("BadRequestException", "Invalid patch path", 400)
_ARN: _Error = ("BadRequestException", "Invalid ARN specified in the request", 400)
_PAGE: _Error = ("InvalidNextToken", "The specified token isn't valid.", 400)
_EC2_TAG: _Error = ("MissingParameter", "The request must contain the parameter Tag.", 400)
_SERVICE_NAME: _Error = ("InvalidInput", "Service name is not valid.", 400)
_EC2_VALUE: _Error = ("InvalidParameterValue", "A parameter has an invalid value.", 400)
_NO_NAT: _Error = ("NatGatewayNotFound", "The Nat Gateway was not found", 400)
_NO_ENDPOINT: _Error = ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint does not exist", 400)
_TOPIC: _Error = ("InvalidParameter", "Invalid parameter: TopicArn", 400)
_NO_ADDRESS: _Error = ("InvalidAllocationID.NotFound", "The allocation ID does not exist", 400)
_NO_VALUE: _Error = (
    "ValidationException",
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    400,
)
_SHARD_ITERATOR: _Error = ("ValidationException", "Invalid ShardIterator", 400)
_COPY_SOURCE: _Error = ("InvalidArgument", "Invalid copy source object key", 400)
_CONTINUATION: _Error = ("InvalidArgument", "The continuation token provided is incorrect", 400)
_QUEUE_PREFIX: _Error = ("InvalidParameterValue", "QueueNamePrefix is invalid.", 400)
# Action (or a pattern), exception, and what AWS answers in that case. The first that fits counts.
_ERRORS: tuple[tuple[str, type[Exception] | tuple[type[Exception], ...], _Error], ...] = (
    ("apigateway:DeleteRestApi", KeyError, _NO_API),
    ("apigateway:*Resource", KeyError, _NO_RESOURCE),
    ("apigateway:*Deployment", KeyError, _NO_DEPLOYMENT),
    ("apigateway:Update*", (TypeError, KeyError), _PATCH),
    ("apigateway:*Tag*", IndexError, _ARN),
    ("apigateway:*agResource", IndexError, _ARN),
    ("dynamodb:*", (IndexError, StopIteration), _NO_VALUE),
    ("dynamodb:*", ValueError, ("ValidationException", "An expression has a syntax error.", 400)),
    ("dynamodbstreams:*", KeyError, _SHARD_ITERATOR),
    ("ec2:ReleaseAddress", IndexError, _NO_ADDRESS),
    ("ec2:DeleteNatGateway", AttributeError, _NO_NAT),
    ("ec2:DeleteVpcEndpoints", AttributeError, _NO_ENDPOINT),
    ("ec2:Describe*", (IndexError, KeyError), _EC2_VALUE),
    ("ec2:*", IndexError, _EC2_VALUE),
    ("ec2:*", KeyError, _EC2_TAG),
    ("iam:CreateServiceLinkedRole", IndexError, _SERVICE_NAME),
    ("iam:List*", ValueError, ("ValidationError", "Invalid Marker.", 400)),
    ("kms:*", ValueError, ("InvalidCiphertextException", "The ciphertext is invalid.", 400)),
    ("route53:List*", ValueError, ("InvalidInput", "MaxItems must be a number.", 400)),
    ("s3:CopyObject", ValueError, _COPY_SOURCE),
    ("s3:List*", TypeError, _CONTINUATION),
    ("s3:CreateMultipartUpload", AttributeError, _NO_BUCKET),
    ("s3:*Upload", KeyError, _NO_UPLOAD),
    ("s3:UploadPart*", KeyError, _NO_UPLOAD),
    ("s3:*ObjectTagging", AttributeError, _NO_KEY),
    ("s3:Put*", (ExpatError, AttributeError, TypeError), _XML),
    ("secretsmanager:List*", ValueError, ("InvalidNextTokenException", _PAGE[1], 400)),
    ("secretsmanager:*", KeyError, _NO_SECRET),
    ("sns:ListSubscriptionsByTopic", ValueError, _TOPIC),
    ("sns:List*", ValueError, ("InvalidParameter", "Invalid parameter: NextToken", 400)),
    ("sns:*", (ValueError, AttributeError), _TOPIC),
    ("sqs:ListQueues", re.error, _QUEUE_PREFIX),
    ("ssm:*", ValueError, _PAGE),
)  # fmt: skip


def error_for(action: str, exception: Exception) -> ApiError | None:
    """AWS's error, if this exception of moto has one known cause."""
    for pattern, kinds, error in _ERRORS:
        if fnmatchcase(action, pattern) and isinstance(exception, kinds):
            return ApiError(*error)
    return None
