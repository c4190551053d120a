"""GetCallerIdentity and AssumeRole."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from tests.iam.conftest import MakeRole, allow
from tests.iam.support import ACCOUNT
from tests.manual_clock import ManualClock

ARN = f"arn:aws:iam::{ACCOUNT}:role/r"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.fixture
def sts(cloud: Cloud) -> Any:
    return cloud.clients.client("sts", "us-east-1")


def test_the_operators_identity_is_his_arn(cloud: Cloud, sts: Any) -> None:
    response = sts.get_caller_identity()
    assert (response["Arn"], response["Account"]) == (cloud.principals.admin.arn, ACCOUNT)


def test_a_roles_identity_is_its_session(cloud: Cloud, role: MakeRole) -> None:
    response = cloud.clients.client("sts", "us-east-1", role()).get_caller_identity()
    assert response["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"
    assert response["UserId"].endswith(":session")


def test_the_operator_can_assume_a_role_that_trusts_his_account(
    cloud: Cloud, sts: Any, role: MakeRole, clock: ManualClock
) -> None:
    role(trust=ROOT)
    response = sts.assume_role(RoleArn=ARN, RoleSessionName="me", DurationSeconds=900)
    assert response["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/me"
    credentials = cloud.principals.credentials(response["Credentials"]["AccessKeyId"])
    assert credentials
    assert credentials.expires_at == clock.now() + 900
    principal = cloud.principals.by_key(credentials.access_key)
    assert principal
    assert (principal.role_arn, principal.is_admin) == (ARN, False)


def test_a_role_that_trusts_another_is_refused_even_to_the_operator(
    sts: Any, role: MakeRole
) -> None:
    role(trust={"Service": "lambda.amazonaws.com"})
    with pytest.raises(ClientError, match=f"perform: sts:AssumeRole on resource: {ARN}") as error:
        sts.assume_role(RoleArn=ARN, RoleSessionName="me")
    assert error.value.response["Error"]["Code"] == "AccessDenied"


def test_a_role_that_does_not_exist_is_refused_likewise(sts: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=ARN, RoleSessionName="me")


def test_trust_in_the_account_needs_the_callers_own_permission(
    cloud: Cloud, role: MakeRole
) -> None:
    role(trust=ROOT)
    without = role(name="without")
    having = role(allow("sts:AssumeRole", ARN), name="having")
    with pytest.raises(ClientError, match="AccessDenied"):
        _assume(cloud, without)
    assert _assume(cloud, having)


def test_trust_in_a_role_by_name_suffices(cloud: Cloud, role: MakeRole) -> None:
    caller = role(name="caller")
    role(trust={"AWS": caller.role_arn})
    assert _assume(cloud, caller)


def test_role_chaining_lasts_an_hour_at_most(cloud: Cloud, role: MakeRole) -> None:
    caller = role(name="caller")
    role(trust={"AWS": caller.role_arn})
    with pytest.raises(ClientError, match="role chaining"):
        _assume(cloud, caller, DurationSeconds=3601)


def test_what_is_not_emulated_is_refused_by_name(sts: Any, role: MakeRole) -> None:
    role(trust=ROOT)
    with pytest.raises(ClientError, match="does not emulate the operation sts:GetSessionToken"):
        sts.get_session_token()
    with pytest.raises(ClientError, match="does not emulate Policy of sts:AssumeRole"):
        sts.assume_role(RoleArn=ARN, RoleSessionName="me", Policy="{}")


def _assume(cloud: Cloud, caller: Any, **params: Any) -> Any:
    client = cloud.clients.client("sts", "us-east-1", caller)
    return client.assume_role(RoleArn=ARN, RoleSessionName="me", **params)
