"""Every key belongs to a principal, which signs requests with it."""

from __future__ import annotations

import re

import pytest

from localcloud.gateway.http import Request
from localcloud.gateway.principals import Principals, access_key_of, role_session, service_principal
from tests.gateway.requests import signed, unsigned

ROLE = "arn:aws:iam::123456789012:role/path/r"


def test_a_session_of_a_role_has_an_arn_of_sts() -> None:
    session = role_session(ROLE, "s", subnet_ids=("subnet-1",))
    assert session.arn == "arn:aws:sts::123456789012:assumed-role/r/s"
    assert (session.role_arn, session.subnet_ids) == (ROLE, ("subnet-1",))


def test_a_service_calls_in_its_own_name() -> None:
    principal = service_principal("s3.amazonaws.com", "arn:aws:s3:::b")
    assert (principal.arn, principal.service) == ("s3.amazonaws.com", "s3.amazonaws.com")
    assert principal.source_arn == "arn:aws:s3:::b"


def test_issued_keys_belong_to_their_principal() -> None:
    principals, session = Principals(), role_session(ROLE, "s")
    keys = principals.issue(session, expires_at=0.0)
    assert principals.by_key(keys.access_key) == session
    assert principals.credentials(keys.access_key) == keys
    assert keys.access_key.startswith("ASIA")
    assert (keys.token is not None, keys.expiration) == (True, "1970-01-01T00:00:00Z")


def test_a_session_token_is_as_long_as_aws_s() -> None:
    """So that presigned links are as long as those of AWS."""
    keys = Principals().issue(role_session(ROLE, "s"))
    assert len(keys.token or "") == 1044


def test_the_operators_keys_do_not_expire() -> None:
    principals = Principals()
    keys = principals.admin_credentials
    assert principals.by_key(keys.access_key) == principals.admin
    assert (keys.token, keys.expiration) == (None, None)


def test_each_cloud_has_keys_of_its_own() -> None:
    keys = [Principals().admin_credentials for _ in range(2)]
    assert len({value for pair in keys for value in (pair.access_key, pair.secret_key)}) == 4
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    assert all(re.fullmatch("AKIA[A-Z0-9]{16}", pair.access_key) for pair in keys)
    assert {len(pair.secret_key) for pair in keys} == {40}


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (signed("https://x/", "us-east-1/s3", key="AKIA1"), "AKIA1"),
        (unsigned("https://x/?X-Amz-Credential=AKIA2%2F20260101%2Fus-east-1%2Fs3"), "AKIA2"),
        (unsigned("https://x/"), None),
    ],
    ids=["header", "presigned", "unsigned"],
)
def test_the_access_key_is_in_the_header_or_the_url(request_: Request, key: str | None) -> None:
    assert access_key_of(request_) == key
