"""AWS as canned responses, and the settings of a deployment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from deployment.deployer.aws import STANDARD, Aws
from deployment.deployer.plan import Plan
from deployment.deployer.settings import Settings

Operation = Callable[..., Any]
Call = tuple[str, dict[str, Any]]
PRINCIPAL = "arn:aws:iam::123456789012:user/operator"
_START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClient:
    """Operations as functions; a paginator yields the list that its operation returns."""

    meta = SimpleNamespace(endpoint_url="https://service.amazonaws.com", partition="aws")

    def __init__(self, operations: dict[str, Operation], calls: list[Call]) -> None:
        self._operations = operations
        self._calls = calls

    def __getattr__(self, name: str) -> Operation:
        def operation(**params: Any) -> Any:
            self._calls.append((name, params))
            return self._operations[name](**params)

        return operation

    def get_paginator(self, name: str) -> Any:
        class Paginator:
            paginate = staticmethod(getattr(self, name))

        return Paginator


class FakeAws(Aws):
    """Operations by service, the same in every Region; `calls` records what was called."""

    def __init__(self, **services: dict[str, Operation]) -> None:
        super().__init__()
        identity = {"Account": "123456789012", "Arn": PRINCIPAL}
        self.services = {"sts": {"get_caller_identity": lambda: identity}, **services}
        self.calls: list[Call] = []

    def client(
        self,
        service: str,
        region: str,  # noqa: ARG002 - the same everywhere
        config: Any = STANDARD,  # noqa: ARG002 - has no effect here
        endpoint: str | None = None,  # noqa: ARG002 - has no effect here
    ) -> Any:
        return FakeClient(self.services.get(service.replace("-", "_"), {}), self.calls)

    def called(self, name: str) -> list[dict[str, Any]]:
        """The parameters of each call of the operation."""
        return [params for operation, params in self.calls if operation == name]


def error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def failing(code: str, message: str) -> Operation:
    def operation(**_params: Any) -> Any:
        raise error(code, message)

    return operation


def failing_paginator(code: str, message: str) -> Operation:
    """Fails as boto3 does: when the first page is read, not when the pages are asked for."""

    def operation(**_params: Any) -> Any:
        raise error(code, message)
        yield  # makes it a generator, which fails when it is read

    return operation


def settings(**changes: str) -> Settings:
    values = {
        "env": "-x",
        "ses_identity": "you@example.com",
        "sender": "you@example.com",
        "recipient": "you@example.com",
        "operator_email": "",
        "primary_region": "eu-west-1",
        "secondary_region": "eu-central-1",
        "primary_cidr": "10.64.0.0/20",
        "secondary_cidr": "10.65.0.0/20",
        "arch": "arm64",
        "chunk_records": "100",
        "chunk_bytes": "131072",
        "chunk_concurrency": "",
        "chunk_slots": "",
        "record_concurrency": "10",
        "records_per_call": "1",
        "max_rows": "",
        "neutralise_formulas": "0",
        "link_seconds": "3600",
        "log_retention_days": "30",
        "failed_hours": "48",
        "sweep_hours": "168",
        "overdue_hours": "2",
        "work_days": "15",
        "noncurrent_days": "30",
        "chaos_scope": "s3",
        "chaos_duration": "PT10M",
        "fence_wait": "",
        "replication_wait": "",
        "traffic": "",
        "financial_data": "assets/financial-data.csv",
    }
    return Settings(**values | changes)


def plan(**changes: str) -> Plan:
    return Plan(settings(**changes))


def event(
    second: int,
    stack: str,
    name: str,
    status: str,
    type: str = "AWS::SQS::Queue",
    **details: str,
) -> dict[str, Any]:
    """An event of DescribeStackEvents, `second` seconds after the start."""
    return {
        "EventId": f"{stack}-{name}-{second}-{status}",
        "StackId": stack,
        "LogicalResourceId": name,
        "PhysicalResourceId": details.get("physical_id", f"{name}-id"),
        "ResourceType": type,
        "ResourceStatus": status,
        "ResourceStatusReason": details.get("reason", ""),
        "Timestamp": _START + timedelta(seconds=second),
    }
