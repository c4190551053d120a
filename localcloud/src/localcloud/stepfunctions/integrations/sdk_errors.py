"""Names and causes of a service's errors, as the AWS SDKs for Java inside Step Functions word them.

Optimized integrations use version 1 (``Lambda.ResourceNotFoundException``,
``Lambda.AWSLambdaException`` for errors that the model does not name), SDK integrations version 2
(``S3.NoSuchKeyException``, ``DynamoDb.DynamoDbException``). Recordings of AWS:
https://github.com/localstack/localstack/tree/main/tests/aws/services/stepfunctions/v2/error_handling
"""

import re
import uuid
from functools import cache
from typing import NamedTuple, Self

from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from localcloud.gateway.errors import NOT_EMULATED
from localcloud.gateway.models import new_session
from localcloud.stepfunctions.errors import StateError


class ServiceError(NamedTuple):
    """What a service answered, before an SDK gave it a name."""

    code: str
    message: str
    status: int
    request_id: str
    extended_request_id: str = ""  # S3 only

    @classmethod
    def of(cls, error: ClientError) -> Self:
        body = error.response.get("Error", {})
        metadata = error.response.get("ResponseMetadata", {})
        return cls(
            str(body.get("Code", "")),
            str(body.get("Message", "")),
            int(metadata.get("HTTPStatusCode", 400)),
            str(metadata.get("RequestId", "")),
            str(metadata.get("HostId", "")),
        )

    @classmethod
    def of_nulls(cls, arguments: list[str]) -> Self:
        """A service's answer to required arguments that are null, as DynamoDB's was recorded."""
        # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/error_handling/test_aws_sdk.snapshot.json
        faults = "; ".join(
            f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: "
            "Member must not be null"
            for name in arguments
        )
        plural = "s" if len(arguments) > 1 else ""
        message = f"{len(arguments)} validation error{plural} detected: {faults}"
        return cls("ValidationException", message, 400, str(uuid.uuid4()))


class V1Names(NamedTuple):
    prefix: str  # of the error
    service: str  # in the cause
    unknown: str  # the exception of errors that the model does not name


V1_NAMES = {
    "lambda": V1Names("Lambda", "AWSLambda", "AWSLambdaException"),
    "dynamodb": V1Names("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "sns": V1Names("SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": V1Names("SQS", "AmazonSQS", "AmazonSQSException"),
    "stepfunctions": V1Names("StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"),
}


@cache
def service_model(service: str) -> ServiceModel:
    return new_session().get_service_model(service)


def v1_error(service: str, error: ServiceError) -> StateError:
    if error.code == NOT_EMULATED:
        return _not_emulated(error)
    names, modeled = V1_NAMES[service], _modeled(service_model(service))
    name = _exception(error.code) if error.code in modeled else names.unknown
    return StateError(
        f"{names.prefix}.{name}",
        f"{error.message} (Service: {names.service}; Status Code: {error.status}; "
        f"Error Code: {error.code}; Request ID: {error.request_id}; Proxy: null)",
    )


def v2_error(model: ServiceModel, error: ServiceError) -> StateError:
    if error.code == NOT_EMULATED:
        return _not_emulated(error)
    prefix = v2_service_name(model)
    shape = _modeled(model).get(error.code)
    name = _exception(shape) if shape else f"{prefix}Exception"
    extended = f", Extended Request ID: {error.extended_request_id}" if prefix == "S3" else ""
    return StateError(
        f"{prefix}.{name}",
        f"{error.message} (Service: {prefix}, Status Code: {error.status}, "
        f"Request ID: {error.request_id}{extended})",
    )


def sdk_client_error(prefix: str, error: Exception) -> StateError:
    """The service gave no answer at all."""
    return StateError(f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {error}")


@cache
def v2_service_name(model: ServiceModel) -> str:
    """``DynamoDB`` → ``DynamoDb``, ``SFN`` → ``Sfn``, ``Secrets Manager`` → ``SecretsManager``."""
    text = re.sub(r"([^a-z]{2,})v(\d+)", r"\1 V\2", str(model.service_id))  # SESv2 → SesV2
    words = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z][a-z]+\d*|\d+|[a-z]+", text)
    return "".join(word[0].upper() + word[1:].lower() for word in words)


def _not_emulated(error: ServiceError) -> StateError:
    """Keeps its own name, so that no workflow takes it for an error of AWS's."""
    return StateError(NOT_EMULATED, error.message)


@cache
def _modeled(model: ServiceModel) -> dict[str, str]:
    """Error code → name of its shape."""
    names: dict[str, str] = {}
    for shape in model.error_shapes:
        names[shape.name] = shape.name
        names[str(getattr(shape, "error_code", shape.name))] = shape.name
    return names


def _exception(name: str) -> str:
    """The Java class of an error shape."""
    return name if name.endswith("Exception") else name.removesuffix("Fault") + "Exception"
