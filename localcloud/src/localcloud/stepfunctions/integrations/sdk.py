"""SDK integrations, ``arn:aws:states:::aws-sdk:<service>:<action>``: any operation of botocore.

Also the optimized ones that are one call of the service's API: DynamoDB, SNS, SQS, executions.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html: actions in
camelCase, names of parameters and of the response's members in PascalCase, timestamps as ISO 8601.
"""

from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel

from localcloud.stepfunctions.errors import InvalidArguments, StateError
from localcloud.stepfunctions.integrations import conversion, sdk_errors
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall

# Services that the SDK for Java and botocore call by different names.
_BOTOCORE_NAMES = {
    "sfn": "stepfunctions",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "elasticloadbalancingv2": "elbv2",
    "cognitoidentityprovider": "cognito-idp",
}
# The answer to HEAD has no body; the SDK for Java takes the operation's own 404.
_NOT_FOUND = {"HeadObject": "NoSuchKey", "HeadBucket": "NoSuchBucket"}


@cache
def _services() -> dict[str, str]:
    names = botocore.session.Session().get_available_services()
    return {name.replace("-", ""): name for name in names} | _BOTOCORE_NAMES


@cache
def sdk_operation(service: str, action: str) -> OperationModel | None:
    """None if there is no such service or action."""
    service_name = _services().get(service)
    if service_name is None or not action[0].islower():
        return None
    model = sdk_errors.service_model(service_name)
    names = {name.lower(): name for name in model.operation_names}
    name = names.get(action.lower())
    return model.operation_model(name) if name else None


class SdkIntegration(Integration):
    def __init__(self, service: str, action: str, operation: OperationModel) -> None:
        super().__init__(service, action)
        self.operation = operation
        shape = operation.input_shape
        required = shape.required_members if shape else []
        self.supported_arguments = conversion.member_by_pascal_name(shape) if shape else ()
        self.required_arguments = [conversion.pascal(name) for name in required]

    def validate(self, arguments: Any) -> None:
        conversion.to_botocore(arguments, self.operation.input_shape)
        for name in self.required_arguments:
            if name not in arguments:
                raise InvalidArguments(f"The field '{name}' is required but was missing")

    def call(self, call: TaskCall, arguments: Any) -> Any:
        response = self._invoke(call, arguments)
        response.pop("ResponseMetadata", None)
        return conversion.to_states(response, self.operation.output_shape)

    @property
    def _error_prefix(self) -> str:
        return sdk_errors.v2_service_name(self.operation.service_model)

    def _error(self, error: sdk_errors.ServiceError) -> StateError:
        if error.code == "404" or (not error.message and error.status == 404):
            error = error._replace(code=_NOT_FOUND.get(self.operation.name, error.code))
        return sdk_errors.v2_error(self.operation.service_model, error)

    def _invoke(self, call: TaskCall, arguments: Any) -> dict[str, Any]:
        """The operation's response, as botocore returns it."""
        operation = self.operation
        nulls = [name for name in self.required_arguments if arguments[name] is None]
        if nulls:
            raise self._error(sdk_errors.ServiceError.of_nulls(nulls))
        params = conversion.to_botocore(arguments, operation.input_shape)
        client = call.execution.client(str(operation.service_model.service_name))
        try:
            response: dict[str, Any] = getattr(client, xform_name(operation.name))(**params)
        except ClientError as error:
            raise self._error(sdk_errors.ServiceError.of(error)) from error
        except BotoCoreError as error:
            raise sdk_errors.sdk_client_error(self._error_prefix, error) from error
        return response


OPTIMIZED = {
    "dynamodb:getItem": ("dynamodb", "GetItem"),
    "dynamodb:putItem": ("dynamodb", "PutItem"),
    "dynamodb:updateItem": ("dynamodb", "UpdateItem"),
    "dynamodb:deleteItem": ("dynamodb", "DeleteItem"),
    "sns:publish": ("sns", "Publish"),
    "sqs:sendMessage": ("sqs", "SendMessage"),
    "states:startExecution": ("stepfunctions", "StartExecution"),
}


class Optimized(SdkIntegration):
    """An SDK integration with version 1's error names, and with SdkHttpMetadata in the result."""

    def __init__(self, service: str, action: str) -> None:
        self._service, operation = OPTIMIZED[f"{service}:{action}"]
        model = sdk_errors.service_model(self._service)
        super().__init__(service, action, model.operation_model(operation))

    def call(self, call: TaskCall, arguments: Any) -> Any:
        response = self._invoke(call, arguments)
        http = response.pop("ResponseMetadata")
        metadata = conversion.sdk_metadata(http["HTTPStatusCode"], http["HTTPHeaders"])
        return {**conversion.to_states(response, self.operation.output_shape), **metadata}

    @property
    def _error_prefix(self) -> str:
        return sdk_errors.V1_NAMES[self._service].prefix

    def _error(self, error: sdk_errors.ServiceError) -> StateError:
        return sdk_errors.v1_error(self._service, error)
