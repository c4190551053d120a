"""The tables of permissions agree with AWS's own list, and do not repeat it."""

from __future__ import annotations

from dataclasses import replace

import botocore.session
import pytest

from localcloud.iam.permissions import control, dynamodb, lambda_, messaging, s3, ses, tables
from localcloud.iam.permissions.aws_list import arn_format, is_action, resource_types
from localcloud.iam.permissions.model import Unmapped
from localcloud.iam.permissions.table import Table

TABLES = {
    **tables.TABLES,
    "dynamodb": dynamodb.TABLE,
    "fis": control.FIS,
    "lambda": lambda_.TABLE,
    "route53-recovery-cluster": control.ARC,
    "sesv2": ses.TABLE,
    "sns": messaging.SNS,
    "ssm": control.SSM,
    "stepfunctions": control.STATES,
}
SERVICES = pytest.mark.parametrize(("service", "table"), TABLES.items(), ids=TABLES.keys())


@SERVICES
def test_a_tables_resource_types_and_actions_are_aws_s(service: str, table: Table) -> None:
    for types in table.resources:
        assert types == "|".join(sorted(types.split("|")))
        assert all(arn_format(table.service, name) for name in types.split("|"))
    assert _operations(service) >= table.exceptions.keys()


@SERVICES
def test_an_exception_is_one_that_aws_s_list_does_not_tell(service: str, table: Table) -> None:
    plain = replace(table, exceptions={})
    for operation, arn in table.exceptions.items():
        try:
            assert plain.template(operation) != arn, service
        except Unmapped:
            continue


@SERVICES
def test_each_resource_type_is_some_operation_s(service: str, table: Table) -> None:
    actions = [name for name in _operations(service) if is_action(table.service, name)]
    used = {"|".join(resource_types(table.service, name)) for name in actions}
    assert table.resources.keys() <= used


def test_the_actions_of_s3_are_aws_s() -> None:
    assert _operations("s3") >= s3.ACTIONS.keys()
    for operation in s3.ACTIONS:
        assert is_action("s3", s3.action_of(operation))
    for noun in s3.NOUNS:
        operations = [f"{verb}{noun}" for verb in ("Get", "Put", "Delete")]
        existing = [name for name in operations if name in _operations("s3")]
        assert existing
        assert all(resource_types("s3", s3.action_of(name)) for name in existing), noun


def test_the_actions_of_sqs_are_aws_s() -> None:
    for operation, action in messaging.SQS_ACTIONS.items():
        assert operation in _operations("sqs")
        assert not is_action("sqs", operation)
        assert resource_types("sqs", action)


def _operations(service: str) -> set[str]:
    apis = [service, "dynamodbstreams"] if service == "dynamodb" else [service]
    session = botocore.session.Session()
    return {name for api in apis for name in session.get_service_model(api).operation_names}
