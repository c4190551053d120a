"""Errors of AWS for calls on which moto fails with an exception of Python."""

import re
from xml.parsers.expat import ExpatError

from localcloud.gateway.errors import MALFORMED_XML, NOT_EMULATED, ApiError

_NO_VALUE = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_ITEMS = "(BatchGet|BatchWrite|Delete|Get|Put|TransactGet|TransactWrite|Update)Items?"
# The operations (a pattern), the exceptions that are known of them, and what AWS answers in that
# case: error, message and status. The first that fits counts.
_ERRORS: tuple[tuple[str, tuple[type[Exception], ...], tuple[str, str, int]], ...] = (
    (f"dynamodb:({_ITEMS}|Query|Scan)", (IndexError, StopIteration),
     ("ValidationException", _NO_VALUE, 400)),
    (f"dynamodb:({_ITEMS}|Query|Scan)", (ValueError,),
     ("ValidationException", "An expression has a syntax error.", 400)),
    # Neither condition, but a filter of the old kind.
    ("dynamodb:Query", (UnboundLocalError,),
     ("ValidationException", "Either the KeyConditions or KeyConditionExpression parameter must be"
      " specified in the request.", 400)),
    ("ec2:Describe(RouteTables|VpcEndpoints)", (IndexError,),
     (NOT_EMULATED, "The local cloud does not emulate an identifier that is given twice.", 501)),
    ("ec2:Describe(SecurityGroup(s|Rules)|VpcEndpointServices)", (KeyError,),
     ("InvalidParameterValue", "The filter is invalid.", 400)),
    ("ec2:(AuthorizeSecurityGroup(Egress|Ingress)|DeleteTags|"
     "Create(RouteTable|SecurityGroup|Subnet|Tags|Vpc(Endpoint)?))",
     (KeyError,), ("MissingParameter", "The request must contain the parameter Tag.Key.", 400)),
    # A name means a group of the default VPC.
    ("ec2:DeleteSecurityGroup", (KeyError,),
     ("InvalidGroup.NotFound", "The security group does not exist in the default VPC.", 400)),
    ("ec2:DeleteVpcEndpoints", (AttributeError,),
     ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint does not exist", 400)),
    ("iam:CreateServiceLinkedRole", (IndexError,),
     ("InvalidInput", "Service name is not valid.", 400)),
    ("iam:List.*", (ValueError,), ("ValidationError", "Invalid Marker.", 400)),
    ("kms:Decrypt", (ValueError,),
     ("InvalidCiphertextException", "The ciphertext is invalid.", 400)),
    ("route53:ChangeTagsForResource", (KeyError,),
     (NOT_EMULATED, "The local cloud does not emulate a tag without a key or a value.", 501)),
    ("route53:List.*", (ValueError,), ("InvalidInput", "MaxItems must be a number.", 400)),
    ("s3:CopyObject", (ValueError,),
     ("InvalidArgument", "Invalid copy source object key", 400)),
    # AWS ignores a range in an unknown unit; here it is refused.
    ("s3:(Get|Head)Object", (ValueError,), ("InvalidArgument", "Invalid range", 400)),
    ("s3:ListObjectsV2", (TypeError,),
     ("InvalidArgument", "The continuation token provided is incorrect", 400)),
    ("s3:CreateMultipartUpload", (AttributeError,),
     ("NoSuchBucket", "The specified bucket does not exist", 404)),
    ("s3:(AbortMultipartUpload|CompleteMultipartUpload|UploadPart|UploadPartCopy)", (KeyError,),
     ("NoSuchUpload", "The specified upload does not exist.", 404)),
    ("s3:(Delete|Get|Put)ObjectTagging", (AttributeError,),
     ("NoSuchKey", "The specified key does not exist.", 404)),
    ("s3:Put(Bucket.*|ObjectTagging|PublicAccessBlock)", (ExpatError, AttributeError, TypeError),
     (*MALFORMED_XML, 400)),
    ("sns:ListTopics", (ValueError,),
     ("InvalidParameter", "Invalid parameter: NextToken", 400)),
    ("sns:(DeleteTopic|Publish|Subscribe|(Get|Set)TopicAttributes)", (ValueError, AttributeError),
     ("InvalidParameter", "Invalid parameter: TopicArn", 400)),
    ("sqs:ListQueues", (re.error,),
     ("InvalidParameterValue", "QueueNamePrefix is invalid.", 400)),
    ("ssm:ListDocuments", (KeyError,),
     ("InvalidFilterKey", "The specified key isn't valid.", 400)),
    ("ssm:(Describe.*|Get.*|List.*)", (ValueError,),
     ("InvalidNextToken", "The specified token isn't valid.", 400)),
)  # fmt: skip


def error_for(action: str, exception: Exception) -> ApiError | None:
    """AWS's error, if this exception of moto has one known cause."""
    for pattern, kinds, error in _ERRORS:
        if isinstance(exception, kinds) and re.fullmatch(pattern, action):
            return ApiError(*error)
    return None
