"""What the local cloud vouches for: the list, the engines, docs/fidelity.md."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model

from localcloud.assembly import SERVICES
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.service import Service, method_name
from localcloud.gateway.vouched import VOUCHED
from localcloud.settings import Settings

FIDELITY = Path(__file__).parents[2] / "docs" / "fidelity.md"


def rows(services: dict[str, frozenset[str]]) -> str:
    """The table of docs/fidelity.md."""
    lines = [
        f"| {service} | {', '.join(sorted(names))} |" for service, names in sorted(services.items())
    ]
    return "\n".join(["| service | operations |", "|---|---|", *lines])


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path))
    yield cloud
    cloud.close()


def test_the_list_names_operations_of_aws() -> None:
    for service, names in VOUCHED.items():
        assert names <= set(get_service_model(service).operation_names), service


def test_an_engine_without_moto_behind_it_has_what_the_list_says_and_no_more() -> None:
    for name in SERVICES:
        importlib.import_module(f"localcloud.{name}")
    operations: dict[str, set[str]] = {}
    for engine in _engines(Service):
        if not engine.falls_through:
            names = get_service_model(engine.service).operation_names
            own = {name for name in names if hasattr(engine, method_name(name))}
            operations.setdefault(engine.service, set()).update(own)
    assert operations
    for service, own in operations.items():
        assert own == VOUCHED[service], service


def test_the_fidelity_page_has_the_table_of_the_list() -> None:
    """On failure, copy the table from the message."""
    assert rows(VOUCHED) in FIDELITY.read_text()


def test_the_fidelity_page_names_each_service_in_a_section() -> None:
    text = FIDELITY.read_text()
    covered = " ".join(re.findall(r"^Services: (.+)$", text, re.MULTILINE)).replace(",", "").split()
    assert sorted(covered) == sorted(VOUCHED)


@pytest.mark.parametrize(
    ("service", "operation", "params", "name"),
    [
        (
            "rds",
            "create_db_instance",
            {"DBInstanceIdentifier": "a", "DBInstanceClass": "b", "Engine": "mysql"},
            "the service rds",
        ),
        ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1}, "the operation ec2:RunInstances"),
        ("ssm", "send_command", {"DocumentName": "d"}, "the operation ssm:SendCommand"),
    ],
)
def test_what_is_not_on_the_list_is_refused_by_name(
    cloud: Cloud, service: str, operation: str, params: dict[str, object], name: str
) -> None:
    client = cloud.clients.client(service, "us-east-1")
    with pytest.raises(ClientError, match=f"does not emulate {name}"):
        getattr(client, operation)(**params)


def _engines(base: type[Service]) -> Iterator[type[Service]]:
    for engine in base.__subclasses__():
        if hasattr(engine, "service") and engine.__module__.startswith("localcloud."):
            yield engine
        yield from _engines(engine)
