"""What the local cloud vouches for: the list, the engines, docs/fidelity.md."""

from __future__ import annotations

import importlib
import re
import textwrap
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


# By service: the section about it.
SECTIONS = {
    "apigateway": "api-gateway",
    "apigatewayv2": "api-gateway",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "dynamodb": "dynamodb",
    "ec2": "vpc-objects",
    "events": "eventbridge",
    "fis": "fis",
    "iam": "iam",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "cloudwatch-logs",
    "route53": "route-53-zones-and-records",
    "route53-recovery-cluster": "arc-data-plane",
    "route53-recovery-control-config": "arc-control-plane",
    "s3": "s3",
    "s3control": "s3",
    "service-quotas": "regions-services-endpoint-services-quotas",
    "sesv2": "ses",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "systems-manager-automation",
    "stepfunctions": "step-functions",
    "sts": "iam",
}


def listed() -> str:
    """The list in docs/fidelity.md."""
    return "\n".join(
        textwrap.fill(
            f"- [{service}](#{SECTIONS[service]}): {', '.join(sorted(names))}.",
            width=118,
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        for service, names in sorted(VOUCHED.items())
    )


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


def test_the_fidelity_page_has_the_list() -> None:
    """On failure, copy the list from the message."""
    assert listed() in FIDELITY.read_text()


def test_the_fidelity_page_has_a_section_about_each_service() -> None:
    headings = re.findall("^## (.+)$", FIDELITY.read_text(), re.MULTILINE)
    anchors = {re.sub("[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(SECTIONS.values()) <= anchors


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
        ("ssm", "get_parameter", {"Name": "p"}, "the operation ssm:GetParameter"),
        ("secretsmanager", "list_secrets", {}, "the service secretsmanager"),
        ("dynamodbstreams", "list_streams", {}, "the service dynamodbstreams"),
        ("cloudformation", "list_exports", {}, "the operation cloudformation:ListExports"),
        ("iam", "list_groups", {}, "the operation iam:ListGroups"),
        ("iam", "list_instance_profiles", {}, "the operation iam:ListInstanceProfiles"),
        (
            "kms",
            "generate_data_key_without_plaintext",
            {"KeyId": "k"},
            "the operation kms:GenerateDataKeyWithoutPlaintext",
        ),
        ("logs", "describe_metric_filters", {}, "the operation logs:DescribeMetricFilters"),
        (
            "ec2",
            "describe_subnets",
            {"Filters": [{"Name": "colour", "Values": ["red"]}]},
            "this filter of ec2:DescribeSubnets",
        ),
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
