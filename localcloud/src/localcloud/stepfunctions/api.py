"""The Step Functions API: map runs here, the rest in ``api_machines`` and ``api_executions``."""

from __future__ import annotations

from typing import Any

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.stepfunctions.api_executions import ExecutionOperations
from localcloud.stepfunctions.arns import require_arn
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.map_run import MapRun

Answer = dict[str, Any]


def _invalid_token(token: str) -> ApiError:
    return ApiError("InvalidToken", f"Invalid Token: '{token}'")


class StepFunctions(ExecutionOperations, Service):
    """Operations without a method here (activities, callbacks, versions, aliases, TestState) are
    errors that name them.
    """

    service = "stepfunctions"
    pager = Pager(100, _invalid_token)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def describe_map_run(self, _: Call, *, mapRunArn: str) -> Answer:
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
        _: Call,
        *,
        executionArn: str,
    ) -> Answer:
        execution = self._execution(executionArn)
        runs = [run for run in self.engine.store.map_runs.values() if run.execution is execution]
        return {"mapRuns": [_listed(run) for run in runs]}

    def update_map_run(
        self,
        _: Call,
        *,
        mapRunArn: str,
        maxConcurrency: int | None = None,
        toleratedFailurePercentage: float | None = None,
        toleratedFailureCount: int | None = None,
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
