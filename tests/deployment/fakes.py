"""AWS as a few canned answers, for what is asked of it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from deployment.deployer.cloud import Cloud
from deployment.deployer.plan import Plan
from deployment.deployer.settings import Settings

Answer = Callable[..., Any]
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClient:
    """Operations as functions; a paginator's pages are the list that its operation answers."""

    def __init__(self, operations: dict[str, Answer], calls: list[tuple[str, dict[str, Any]]]):
        self._operations = operations
        self._calls = calls

    def __getattr__(self, name: str) -> Answer:
        def operation(**given: Any) -> Any:
            self._calls.append((name, given))
            return self._operations[name](**given)

        return operation

    def get_paginator(self, name: str) -> Any:
        class Paginator:
            paginate = staticmethod(getattr(self, name))

        return Paginator


class FakeCloud(Cloud):
    """`answers` by service and operation; what was asked is in `calls`."""

    def __init__(self, **answers: dict[str, Answer]) -> None:
        super().__init__()
        self.answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def client(self, service: str, region: str) -> Any:  # noqa: ARG002 - the same everywhere
        return FakeClient(self.answers[service.replace("-", "_")], self.calls)


def error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def fail(code: str, message: str) -> Answer:
    def operation(**_given: Any) -> Any:
        raise error(code, message)

    return operation


def fail_while_paging(code: str, message: str) -> Answer:
    """As boto3 does: with the first page, not when asked for pages."""

    def operation(**_given: Any) -> Any:
        raise error(code, message)
        yield  # a generator fails when it is read

    return operation


def settings(**others: str) -> Settings:
    given = {
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
        "chunk_concurrency": "10",
        "record_concurrency": "10",
        "delimiter": ",",
        "link_seconds": "3600",
        "log_retention_days": "30",
        "failed_hours": "48",
        "sweep_hours": "168",
        "work_days": "7",
        "noncurrent_days": "30",
        "chaos_scope": "s3",
        "chaos_duration": "PT10M",
        "fence_wait": "",
        "replication_wait": "",
        "financial_data": "assets/financial-data.csv",
    }
    return Settings(**given | others)


def plan(**others: str) -> Plan:
    return Plan(settings(**others))


def event(
    at: int, stack: str, name: str, status: str, kind: str = "AWS::SQS::Queue", **others: str
) -> dict[str, Any]:
    """An event of DescribeStackEvents, `at` seconds after the beginning."""
    return {
        "EventId": f"{stack}-{name}-{at}-{status}",
        "StackId": stack,
        "LogicalResourceId": name,
        "PhysicalResourceId": others.get("physical", f"{name}-id"),
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": others.get("reason", ""),
        "Timestamp": _BEGAN + timedelta(seconds=at),
    }
