"""``states:startExecution.sync:2``: a nested execution, whose output is the result as JSON."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import TASK_FAILED, StateError
from localcloud.stepfunctions.integrations.conversion import to_states
from localcloud.stepfunctions.integrations.integration import TaskCall
from localcloud.stepfunctions.integrations.optimized import Optimized
from localcloud.stepfunctions.integrations.sdk_errors import ServiceError, service_model

_POLL_SECONDS = 0.2  # of real time, between looks at whether the task still waits


class StartExecutionSync(Optimized):
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
        shape = service_model("stepfunctions").operation_model("DescribeExecution").output_shape
        result: dict[str, Any] = to_states(response, shape)
        for name in ("Input", "Output"):
            if name in result:
                result[name] = json.loads(result[name])
        return result
