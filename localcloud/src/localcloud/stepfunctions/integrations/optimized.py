"""Optimized integrations that are one call of the service's API: DynamoDB items, SNS, SQS,
startExecution.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.integrations.conversion import to_states
from localcloud.stepfunctions.integrations.integration import TaskCall
from localcloud.stepfunctions.integrations.metadata import shaped
from localcloud.stepfunctions.integrations.sdk import SdkIntegration, error_parts, perform
from localcloud.stepfunctions.integrations.sdk_errors import service_model, v1_error, v1_names

OPTIMIZED = {
    "dynamodb:getItem": ("dynamodb", "GetItem"),
    "dynamodb:putItem": ("dynamodb", "PutItem"),
    "dynamodb:updateItem": ("dynamodb", "UpdateItem"),
    "dynamodb:deleteItem": ("dynamodb", "DeleteItem"),
    "sns:publish": ("sns", "Publish"),
    "sqs:sendMessage": ("sqs", "SendMessage"),
    "states:startExecution": ("stepfunctions", "StartExecution"),
}


def optimized(service: str, action: str) -> Optimized:
    botocore_name, operation = OPTIMIZED[f"{service}:{action}"]
    return Optimized(service, action, service_model(botocore_name).operation_model(operation))


class Optimized(SdkIntegration):
    """Like an SDK integration, with version 1's error names, and with SdkHttpMetadata in the
    result.
    """

    def __init__(self, service: str, action: str, operation: OperationModel) -> None:
        super().__init__(service, action, operation)
        self._names = v1_names(str(operation.service_model.service_name))

    def call(self, call: TaskCall, arguments: Any) -> Any:
        response = perform(call, self.operation, arguments, self._error, self._names.prefix)
        meta = response.pop("ResponseMetadata")
        result = to_states(response, self.operation.output_shape)
        return {**result, **shaped(meta["HTTPStatusCode"], meta["HTTPHeaders"])}

    def _error(self, error: ClientError) -> StateError:
        return v1_error(self._names, *error_parts(error))
