"""Names and causes of a service's errors, as the AWS SDKs for Java inside Step Functions word them.

Optimized integrations use version 1 (``Lambda.ResourceNotFoundException``,
``Lambda.AWSLambdaException`` for what the model does not name), SDK integrations version 2
(``S3.NoSuchKeyException``, ``DynamoDb.DynamoDbException``). Seen in recordings of AWS:
localstack/localstack, tests/aws/services/stepfunctions/v2/error_handling/*.snapshot.json.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore.model import ServiceModel

from localcloud.gateway.errors import NOT_EMULATED
from localcloud.stepfunctions.errors import StateError


@dataclass(frozen=True)
class V1Names:
    prefix: str  # of the error
    service: str  # in the cause
    unknown: str  # the exception of errors that the model does not name
    modeled: frozenset[str]


_V1 = {
    "lambda": ("Lambda", "AWSLambda", "AWSLambdaException"),
    "dynamodb": ("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "sns": ("SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": ("SQS", "AmazonSQS", "AmazonSQSException"),
    "stepfunctions": ("StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"),
}


@cache
def service_model(service: str) -> ServiceModel:
    return botocore.session.Session().get_service_model(service)


@cache
def v1_names(service: str) -> V1Names:
    return V1Names(*_V1[service], modeled=frozenset(_modeled(service_model(service))))


def v1_error(names: V1Names, code: str, message: str, status: int, request_id: str) -> StateError:
    name = _exception(code) if code in names.modeled else names.unknown
    return StateError(
        f"{names.prefix}.{name}",
        f"{message} (Service: {names.service}; Status Code: {status}; Error Code: {code}; "
        f"Request ID: {request_id}; Proxy: null)",
    )


def v2_error(
    model: ServiceModel, code: str, message: str, status: int, request_id: str
) -> StateError:
    prefix = v2_service_name(model)
    shape = _modeled(model).get(code)
    name = _exception(shape) if shape else f"{prefix}Exception"
    return StateError(
        f"{prefix}.{name}",
        f"{message} (Service: {prefix}, Status Code: {status}, Request ID: {request_id})",
    )


def sdk_client_error(prefix: str, error: Exception) -> StateError:
    """No answer at all."""
    return StateError(f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {error}")


def not_emulated_code(code: str, message: str) -> StateError | None:
    """What the local cloud lacks keeps its own name: no workflow should take it for an error of
    AWS's.
    """
    return StateError(NOT_EMULATED, message) if code == NOT_EMULATED else None


@cache
def v2_service_name(model: ServiceModel) -> str:
    """``DynamoDB`` → ``DynamoDb``, ``SFN`` → ``Sfn``, ``SESv2`` → ``SesV2``, ``Secrets Manager`` →
    ``SecretsManager``.
    """
    text = re.sub(r"([^a-z]{2,})v(\d+)", r"\1 V\2", str(model.service_id))
    words = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z][a-z]+\d*|\d+|[a-z]+", text)
    return "".join(word[0].upper() + word[1:].lower() for word in words)


@cache
def _modeled(model: ServiceModel) -> dict[str, str]:
    """Error code → name of its shape."""
    named: dict[str, str] = {}
    for shape in model.error_shapes:
        named[shape.name] = shape.name
        named[str(getattr(shape, "error_code", shape.name))] = shape.name
    return named


def _exception(name: str) -> str:
    """The Java class of an error shape."""
    if name.endswith("Exception"):
        return name
    return name.removesuffix("Fault") + "Exception"
