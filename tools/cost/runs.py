"""How many records each execution processed, from the state table."""

from __future__ import annotations

from typing import Any, NamedTuple

import boto3

from tools.harness.runs import Row, attempt_name, read_runs

_MACHINE = "MainOrchestrator"


class Execution(NamedTuple):
    """The parts of the ARN of an execution of the Main Orchestrator."""

    region: str
    env: str
    name: str

    @classmethod
    def parse(cls, arn: str) -> Execution:
        """``arn:aws:states:<Region>:<account>:execution:MainOrchestrator<ENV>:<name>``."""
        _, _, _, region, _, _, machine, name = arn.split(":", 7)
        return cls(region, machine.removeprefix(_MACHINE), name)


def read_rows(region: str, env: str) -> list[Row]:
    """The runs of an ENV, as the Region's replica of the state table has them."""
    return read_runs(boto3.resource("dynamodb", region).Table(f"batch-state{env}"))


def records_by_execution(rows: list[Row], env: str) -> dict[Execution, int]:
    """Rows of the input by execution; 0 for one that did not count them."""
    return {
        Execution(str(row["region"]), env, attempt_name(row)): int(row.get("rows_in") or 0)
        for row in rows
    }


def records_of(arns: set[str]) -> dict[str, int]:
    """Rows of the input by the ARN of the execution; asks the state tables."""
    executions = {arn: Execution.parse(arn) for arn in arns}
    records: dict[Execution, int] = {}
    for region, env in {(execution.region, execution.env) for execution in executions.values()}:
        records |= records_by_execution(_rows_or_none(region, env), env)
    return {arn: records.get(execution, 0) for arn, execution in executions.items()}


def _rows_or_none(region: str, env: str) -> list[Any]:
    """None if the ENV was destroyed meanwhile."""
    client = boto3.client("dynamodb", region)
    try:
        client.describe_table(TableName=f"batch-state{env}")
    except client.exceptions.ResourceNotFoundException:
        return []
    return read_rows(region, env)
