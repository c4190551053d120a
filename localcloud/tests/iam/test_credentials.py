"""Expired keys and URLs and wrong signatures are refused."""

from __future__ import annotations

import datetime
import time
from typing import Any

import awscrt.auth  # type: ignore[import-untyped]  # it has no stubs
import awscrt.http  # type: ignore[import-untyped]  # as above
import pytest
from botocore.awsrequest import HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import Credentials
from localcloud.iam.credentials import CredentialsCheck
from tests.iam.conftest import MakeRole, allow
from tests.iam.support import capture, client_with
from tests.manual_clock import ManualClock

HOST = "b-1.s3.us-east-1.amazonaws.com"


@pytest.fixture
def bucket(cloud: Cloud) -> None:
    s3 = cloud.clients.client("s3", "us-east-1")
    s3.create_bucket(Bucket="b-1")
    s3.put_object(Bucket="b-1", Key="in/a b+c", Body=b"content")


def presign(keys: Credentials, seconds: int = 60, secret: str | None = None) -> str:
    client: Any = Session().create_client(
        "s3",
        "us-east-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=secret or keys.secret_key,
        aws_session_token=keys.token,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    parameters = {"Bucket": "b-1", "Key": "in/a b+c"}
    return str(client.generate_presigned_url("get_object", parameters, ExpiresIn=seconds))


def get(cloud: Cloud, url: str) -> Response:
    return cloud.gateway.handle(Request("GET", url, HeadersDict()))


@pytest.mark.usefixtures("bucket")
def test_a_presigned_url_is_valid_for_its_seconds(cloud: Cloud, clock: ManualClock) -> None:
    url = presign(cloud.principals.admin_credentials)
    clock.time = datetime.datetime.now(datetime.UTC).timestamp()  # not before the signature
    assert get(cloud, url).body == b"content"
    clock.time += 62
    response = get(cloud, url)
    assert response.status == 403
    assert b"<Message>Request has expired</Message>" in response.body


@pytest.mark.usefixtures("bucket")
def test_a_presigned_url_expires_with_the_credentials_that_signed_it(
    cloud: Cloud, role: MakeRole, clock: ManualClock
) -> None:
    session = role(allow("s3:GetObject", "*"))
    url = presign(cloud.principals.issue(session, clock.now() + 30), seconds=3600)
    assert get(cloud, url).status == 200
    clock.time += 31
    response = get(cloud, url)
    assert response.status == 400
    assert b"<Code>ExpiredToken</Code>" in response.body


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("change", ["in/a", "X-Amz-Expires=60", "signature"])
def test_a_presigned_url_that_was_changed_is_refused(cloud: Cloud, change: str) -> None:
    keys = cloud.principals.admin_credentials
    url = presign(keys, secret="wrong" if change == "signature" else None)
    changed = url.replace("in/a", "in/b").replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    response = get(cloud, url if change == "signature" else changed)
    assert response.status == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in response.body


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("X-Amz-Expires=604801", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=-1", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=soon", "AuthorizationQueryParametersError"),
        ("", "AuthorizationQueryParametersError"),
    ],
)
def test_the_seconds_of_a_presigned_url_have_limits(cloud: Cloud, query: str, code: str) -> None:
    url = presign(cloud.principals.admin_credentials).replace("X-Amz-Expires=60", query)
    assert f"<Code>{code}</Code>".encode() in get(cloud, url).body


@pytest.mark.usefixtures("bucket")
def test_a_header_of_amazons_that_was_not_signed_is_refused(cloud: Cloud) -> None:
    url = presign(cloud.principals.admin_credentials)
    headers = HeadersDict({"x-amz-acl": "public-read"})
    answer = cloud.gateway.handle(Request("GET", url, headers))
    assert answer.status == 403
    assert b"There were headers present in the request which were not signed" in answer.body


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("minutes", "words"),
    [(16, "Signature expired"), (-16, "Signature not yet current"), (14, "")],
)
def test_a_signature_is_good_for_15_minutes(cloud: Cloud, minutes: int, words: str) -> None:
    [check] = [c for c in cloud.gateway.checks if isinstance(c, CredentialsCheck)]
    check._real_time = lambda: time.time() + minutes * 60
    answers = {}
    for service, operation in (("s3", "list_buckets"), ("dynamodb", "list_tables")):
        try:
            getattr(client_with(cloud, service, cloud.principals.admin_credentials), operation)()
        except ClientError as error:
            answers[service] = error.response["Error"]
    if not words:
        assert answers == {}
        return
    assert answers["s3"]["Code"] == "RequestTimeTooSkewed"
    assert answers["dynamodb"]["Code"] == "InvalidSignatureException"
    assert answers["dynamodb"]["Message"].startswith(words)


def test_expired_keys_are_refused(cloud: Cloud, role: MakeRole, clock: ManualClock) -> None:
    session = role(allow("dynamodb:ListTables", "*"))
    keys = cloud.principals.issue(session, clock.now() + 10)
    client = client_with(cloud, "dynamodb", keys)
    client.list_tables()
    clock.time += 11
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client.list_tables()


def test_a_wrong_session_token_is_refused(cloud: Cloud, role: MakeRole) -> None:
    keys = cloud.principals.issue(role(allow("dynamodb:ListTables", "*")))
    client = client_with(cloud, "dynamodb", Credentials(keys.access_key, keys.secret_key, "other"))
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client.list_tables()


def test_a_wrong_secret_is_refused(cloud: Cloud, role: MakeRole) -> None:
    keys = cloud.principals.issue(role(allow("dynamodb:ListTables", "*")))
    client = client_with(cloud, "dynamodb", Credentials(keys.access_key, "other", keys.token))
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        client.list_tables()


def test_a_body_that_was_changed_after_signing_is_refused(cloud: Cloud) -> None:
    call = capture(cloud, "dynamodb", "describe_table", TableName="tab")
    call.request.body = call.request.body.replace(b"tab", b"tub")
    response = cloud.gateway.handle(call.request)
    assert b"InvalidSignatureException" in response.body + str(response.headers).encode()


@pytest.mark.usefixtures("bucket")
def test_the_asymmetric_signature_of_access_points_is_verified(cloud: Cloud) -> None:
    """Signed by the CRT, as the SDK does for a Multi-Region Access Point."""
    keys = cloud.principals.admin_credentials
    assert get(cloud, _sign_asymmetrically(keys, keys.secret_key)).status == 200
    assert get(cloud, _sign_asymmetrically(keys, "another")).status == 403


def _sign_asymmetrically(keys: Credentials, secret: str) -> str:
    request = awscrt.http.HttpRequest(
        "GET", "/in/a%20b%2Bc", awscrt.http.HttpHeaders([("host", HOST)])
    )
    config = awscrt.auth.AwsSigningConfig(
        algorithm=awscrt.auth.AwsSigningAlgorithm.V4_ASYMMETRIC,
        signature_type=awscrt.auth.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS,
        credentials_provider=awscrt.auth.AwsCredentialsProvider.new_static(keys.access_key, secret),
        region="*",
        service="s3",
        use_double_uri_encode=False,
        should_normalize_uri_path=False,
        signed_body_value="UNSIGNED-PAYLOAD",
        expiration_in_seconds=60,
        date=datetime.datetime.now(datetime.UTC),
    )
    signed = awscrt.auth.aws_sign_request(request, config).result(timeout=5)
    return f"https://{HOST}{signed.path}"
