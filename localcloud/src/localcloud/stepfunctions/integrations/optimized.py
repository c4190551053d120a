"""Optimized integrations that are one call of the service's API: DynamoDB, SNS, SQS, executions."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import TASK_FAILED, StateError
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
_POLL_SECONDS = 0.2  # of real time, between looks at whether the task still waits


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


class StartExecutionSync(Optimized):
    """``states:startExecution.sync:2``: a nested execution, whose output is the result as JSON."""

    def __init__(self) -> None:
        super().__init__("states", "startExecution")
        self.resource = "startExecution.sync:2"

    def call(self, call: TaskCall, arguments: Any) -> Any:
        started = super().call(call, arguments)
        call.record_submission(started)
        arn = started["ExecutionArn"]
        child = call.execution.engine.store.executions.get(arn)
        while child is not None and not child.finished.wait(_POLL_SECONDS):
            if call.abandoned.is_set():
                # AWS stops the nested execution when the Task ends before it (best effort).
                call.client("stepfunctions").stop_execution(executionArn=arn)
                return None
        result = self._describe(call, arn)
        if result["Status"] != "SUCCEEDED":
            raise StateError(TASK_FAILED, dumps(result))
        return result

    def _describe(self, call: TaskCall, arn: str) -> dict[str, Any]:
        """The role needs states:DescribeExecution for this, as on AWS.

        Executions of Express machines cannot be described: InvalidArn.
        """
        try:
            response = call.client("stepfunctions").describe_execution(executionArn=arn)
        except ClientError as error:
            raise self._error(ServiceError.of(error)) from error
        response.pop("ResponseMetadata")
        shape = self.operation.service_model.operation_model("DescribeExecution").output_shape
        result: dict[str, Any] = to_states(response, shape)
        for name in ("Input", "Output"):
            if name in result:
                result[name] = json.loads(result[name])
        return result
