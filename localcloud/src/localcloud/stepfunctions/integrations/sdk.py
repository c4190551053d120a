"""SDK integrations: ``arn:aws:states:::aws-sdk:<service>:<action>``, any operation that botocore
knows.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html: actions in
camelCase, names of parameters and of the response's members in PascalCase, timestamps as ISO 8601.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel

from localcloud.stepfunctions.errors import RUNTIME, StateError
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations.conversion import (
    BadArgument,
    member_by_pascal_name,
    pascal,
    to_botocore,
    to_states,
)
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from localcloud.stepfunctions.integrations.sdk_errors import (
    not_emulated_code,
    sdk_client_error,
    service_model,
    v2_error,
    v2_service_name,
)
from localcloud.stepfunctions.quotas import dumps

# Services that the SDK for Java and botocore call by different names.
_BOTOCORE_NAMES = {
    "sfn": "stepfunctions",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "elasticloadbalancingv2": "elbv2",
    "cognitoidentityprovider": "cognito-idp",
}


@cache
def _services() -> dict[str, str]:
    names = botocore.session.Session().get_available_services()
    return {name.replace("-", ""): name for name in names} | _BOTOCORE_NAMES


@cache
def sdk_operation(service: str, action: str) -> OperationModel | None:
    """None if there is no such service or action."""
    name = _services().get(service)
    if name is None or not action[0].islower():
        return None
    model = service_model(name)
    wanted = action.lower()
    found = next((each for each in model.operation_names if each.lower() == wanted), None)
    return model.operation_model(found) if found else None


class SdkIntegration(Integration):
    def __init__(self, service: str, action: str, operation: OperationModel) -> None:
        super().__init__(service, action)
        self.operation = operation

    def check(self, fields: Fields, arguments: dict[str, Any]) -> None:
        shape = self.operation.input_shape
        members = member_by_pascal_name(shape) if shape else {}
        for name in arguments:
            if name not in members:
                fields.wrong("Arguments", f'The field "{name}" is not supported by Step Functions')
        for required in shape.required_members if shape else ():
            if pascal(required) not in arguments:
                fields.wrong(
                    "Arguments", f"The field '{pascal(required)}' is required but was missing"
                )

    def call(self, call: TaskCall, arguments: Any) -> Any:
        model = self.operation.service_model
        response = perform(call, self.operation, arguments, self._error, v2_service_name(model))
        response.pop("ResponseMetadata", None)
        return to_states(response, self.operation.output_shape)

    def _error(self, error: ClientError) -> StateError:
        code, message, status, request_id = error_parts(error)
        if code == "404" or (not message and status == 404):
            # HEAD has no body; the SDK for Java takes the operation's own 404.
            code = {"HeadObject": "NoSuchKey", "HeadBucket": "NoSuchBucket"}.get(
                self.operation.name, code
            )
        return v2_error(self.operation.service_model, code, message, status, request_id)


def perform(
    call: TaskCall,
    operation: OperationModel,
    arguments: Any,
    name_error: Any,
    prefix: str,
) -> dict[str, Any]:
    """The operation's response, as botocore gives it. ``name_error`` turns a ClientError into a
    StateError.
    """
    try:
        given = to_botocore(arguments, operation.input_shape)
    except BadArgument as bad:
        raise StateError(
            RUNTIME,
            f"The Parameters '{dumps(arguments)}' could not be used to start the Task: [{bad}]",
        ) from bad
    client = call.client(str(operation.service_model.service_name))
    try:
        response: dict[str, Any] = getattr(client, xform_name(operation.name))(**given)
    except ClientError as error:
        code, message, _, _ = error_parts(error)
        raise not_emulated_code(code, message) or name_error(error) from error
    except BotoCoreError as error:
        raise sdk_client_error(prefix, error) from error
    return response


def error_parts(error: ClientError) -> tuple[str, str, int, str]:
    """Code, message, HTTP status, request id."""
    said = error.response.get("Error", {})
    meta = error.response.get("ResponseMetadata", {})
    return (
        str(said.get("Code", "")),
        str(said.get("Message", "")),
        int(meta.get("HTTPStatusCode", 400)),
        str(meta.get("RequestId", "")),
    )
