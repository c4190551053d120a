"""Map runs: describe, list, update."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.api_lookup import Lookup
from localcloud.stepfunctions.api_views import (
    summarize_map_run,
)


class MapRunOperations(Lookup):
    def describe_map_run(self, _: Call, **params: Any) -> dict[str, Any]:
        run = self.map_run(params["mapRunArn"])
        return {
            **summarize_map_run(run),
            "status": run.status,
            "maxConcurrency": run.max_concurrency,
            "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
            "toleratedFailureCount": run.tolerated_count,
            "itemCounts": run.item_counts(),
            "executionCounts": run.execution_counts(),
            "redriveCount": 0,
        }

    def list_map_runs(self, _: Call, **params: Any) -> dict[str, Any]:
        arn = self.execution(params["executionArn"]).arn
        runs = [run for run in self.engine.store.map_runs.values() if run.execution_arn == arn]
        return {"mapRuns": [summarize_map_run(run) for run in runs]}

    def update_map_run(self, _: Call, **params: Any) -> dict[str, Any]:
        run = self.map_run(params["mapRunArn"])
        if params.get("maxConcurrency", run.max_concurrency) != run.max_concurrency:
            raise not_emulated("a change of maxConcurrency of a running map run")
        if "toleratedFailurePercentage" in params:
            run.tolerated_percentage = params["toleratedFailurePercentage"]
        if "toleratedFailureCount" in params:
            run.tolerated_count = params["toleratedFailureCount"]
        return {}
