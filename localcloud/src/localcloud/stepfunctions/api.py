"""The Step Functions API: map runs here, the rest in ``api_machines`` and ``api_executions``."""

from __future__ import annotations

from typing import Any

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.stepfunctions.api_executions import ExecutionOperations
from localcloud.stepfunctions.arns import require_arn
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.paging import page

Answer = dict[str, Any]


class StepFunctions(ExecutionOperations, Service):
    """Operations without a method here (activities, callbacks, versions, aliases, TestState) are
    errors that name them.
    """

    service = "stepfunctions"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def describe_map_run(self, call: Call, *, mapRunArn: str) -> Answer:  # noqa: N803, ARG002
        run = self.map_run(mapRunArn)
        shown = {
            "mapRunArn": run.arn,
            "executionArn": run.execution.arn,
            "status": run.status,
            "startDate": utc(run.started),
            "maxConcurrency": run.max_concurrency,
            "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
            "toleratedFailureCount": run.tolerated_count,
            "itemCounts": run.counts(of_items=True),
            "executionCounts": run.counts(of_items=False),
            "redriveCount": 0,
        }
        if run.stopped is not None:
            shown["stopDate"] = utc(run.stopped)
        return shown

    def list_map_runs(
        self,
        call: Call,  # noqa: ARG002
        *,
        executionArn: str,  # noqa: N803
        maxResults: int | None = None,  # noqa: N803
        nextToken: str | None = None,  # noqa: N803
    ) -> Answer:
        execution = self._execution(executionArn)
        runs = [run for run in self.engine.store.map_runs.values() if run.execution is execution]
        chosen, more = page(runs, maxResults, nextToken)
        return {"mapRuns": [_listed(run) for run in chosen], **more}

    def update_map_run(
        self,
        call: Call,  # noqa: ARG002
        *,
        mapRunArn: str,  # noqa: N803
        maxConcurrency: int | None = None,  # noqa: N803
        toleratedFailurePercentage: float | None = None,  # noqa: N803
        toleratedFailureCount: int | None = None,  # noqa: N803
    ) -> Answer:
        run = self.map_run(mapRunArn)
        if maxConcurrency is not None and maxConcurrency != run.max_concurrency:
            raise not_emulated("a change of maxConcurrency of a running map run")
        if toleratedFailurePercentage is not None:
            run.tolerated_percentage = toleratedFailurePercentage
        if toleratedFailureCount is not None:
            run.tolerated_count = toleratedFailureCount
        return {}

    def map_run(self, arn: str) -> MapRun:
        require_arn(arn, "mapRun")
        run = self.engine.store.map_runs.get(arn)
        if run is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return run


def _listed(run: MapRun) -> Answer:
    shown = {
        "executionArn": run.execution.arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine_arn,
        "startDate": utc(run.started),
    }
    if run.stopped is not None:
        shown["stopDate"] = utc(run.stopped)
    return shown
