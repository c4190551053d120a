"""Optimized integrations that are one call of the service's API: DynamoDB, SNS, SQS, executions."""

from __future__ import annotations

from typing import Any

from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.integrations.conversion import sdk_metadata, to_states
from localcloud.stepfunctions.integrations.integration import TaskCall
from localcloud.stepfunctions.integrations.sdk import SdkIntegration
from localcloud.stepfunctions.integrations.sdk_errors import (
    V1_NAMES,
    ServiceError,
    service_model,
    v1_error,
)

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
        super().__init__(service, action, service_model(self._service).operation_model(operation))

    def call(self, call: TaskCall, arguments: Any) -> Any:
        response = self._invoke(call, arguments)
        metadata = response.pop("ResponseMetadata")
        result = to_states(response, self.operation.output_shape)
        return {**result, **sdk_metadata(metadata["HTTPStatusCode"], metadata["HTTPHeaders"])}

    @property
    def _error_prefix(self) -> str:
        return V1_NAMES[self._service].prefix

    def _error(self, error: ServiceError) -> StateError:
        return v1_error(self._service, error)
