"""A signature of a wrong form or for another scope is refused in the words of AWS."""

from __future__ import annotations

import json
import time
from html import unescape
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.credentials import Credentials

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request

NOW = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
TODAY = NOW[:8]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/x-amz-json-1.0"}
# One call of each protocol: method, URL, headers, body.
CALLS: dict[str, tuple[str, str, dict[str, str], bytes]] = {
    "s3": ("GET", "https://s3.us-east-1.amazonaws.com/", {}, b""),
    "dynamodb": (
        "POST", "https://dynamodb.us-east-1.amazonaws.com/",
        {**JSON, "X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}",
    ),
    "sts": (
        "POST", "https://sts.us-east-1.amazonaws.com/", FORM,
        b"Action=GetCallerIdentity&Version=2011-06-15",
    ),
    "iam": ("POST", "https://iam.amazonaws.com/", FORM, b"Action=ListRoles&Version=2010-05-08"),
    "lambda": ("GET", "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/", {}, b""),
    "route53": ("GET", "https://route53.amazonaws.com/2013-04-01/hostedzone", {}, b""),
    "route53-recovery-cluster": (
        "POST", "https://a1.route53-recovery-cluster.us-east-1.amazonaws.com/",
        {**JSON, "X-Amz-Target": "ToggleCustomerAPI.ListRoutingControls"}, b"{}",
    ),
}  # fmt: skip
Refusal = tuple[int, str, str]  # status, code, message


def refusal(cloud: Cloud, name: str, headers: dict[str, str], query: str = "") -> Refusal:
    method, url, own, body = CALLS[name]
    sent = HeadersDict({"Host": url.split("/")[2], **own, **headers})
    response = cloud.gateway.handle(Request(method, url + query, sent, body))
    text = response.body.decode()
    if text.startswith("<"):
        code, message = (
            text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0] for tag in ("Code", "Message")
        )
        return response.status, code, unescape(message)
    error = json.loads(text)
    code = error.get("__type", "").rpartition("#")[2]
    return response.status, code, error.get("Message", "")


def header(cloud: Cloud, credential: str, rest: str = "SignedHeaders=host, Signature=0") -> str:
    key = cloud.principals.admin_credentials.access_key
    return f"AWS4-HMAC-SHA256 Credential={credential.replace('KEY', key)}, {rest}"


def signed(cloud: Cloud, name: str, region: str, service: str) -> dict[str, str]:
    """Headers with a signature that is right but for its scope."""
    method, url, own, body = CALLS[name]
    keys = cloud.principals.admin_credentials
    request = AWSRequest(method, url, {**own}, body)
    auth = S3SigV4Auth if name == "s3" else SigV4Auth
    auth(Credentials(keys.access_key, keys.secret_key), service, region).add_auth(request)
    return dict(request.headers.items())


@pytest.mark.parametrize(
    ("name", "region", "service", "expected"),
    [
        ("dynamodb", "us-west-2", "dynamodb", (400, "InvalidSignatureException", "'us-west-2'.")),
        ("dynamodb", "us-east-1", "sqs", (400, "InvalidSignatureException", "service: 'dynamodb'")),
        ("dynamodb", "us-east-1", "nothing", (400, "InvalidSignatureException", "'dynamodb'.")),
        ("sts", "us-west-2", "sts", (403, "SignatureDoesNotMatch", "a valid region")),
        ("sts", "us-east-1", "iam", (403, "SignatureDoesNotMatch", "correct service: 'sts'.")),
        ("iam", "us-west-2", "iam", (403, "SignatureDoesNotMatch", "not 'us-west-2'.")),
        ("route53", "eu-west-1", "route53", (403, "SignatureDoesNotMatch", "not 'eu-west-1'.")),
        ("lambda", "us-east-1", "s3", (403, "InvalidSignatureException", "service: 'lambda'.")),
        (
            "route53-recovery-cluster", "eu-west-1", "route53-recovery-cluster",
            (400, "InvalidSignatureException", "not 'eu-west-1'."),
        ),
        (
            "s3", "us-west-2", "s3",
            (400, "AuthorizationHeaderMalformed", "'us-west-2' is wrong; expecting 'us-east-1'"),
        ),
        (
            "s3", "us-east-1", "execute-api",
            (400, "AuthorizationHeaderMalformed", 'incorrect service "execute-api". This endpoint'),
        ),
    ],
)  # fmt: skip
def test_a_signature_counts_for_one_region_and_one_service(
    cloud: Cloud, name: str, region: str, service: str, expected: Refusal
) -> None:
    status, code, message = refusal(cloud, name, signed(cloud, name, region, service))
    assert (status, code) == expected[:2]
    assert expected[2] in message


@pytest.mark.parametrize("name", ["s3", "sts", "iam", "route53", "lambda"])
def test_a_signature_for_the_right_scope_is_taken(cloud: Cloud, name: str) -> None:
    status, _, _ = refusal(cloud, name, signed(cloud, name, "us-east-1", name))
    assert status == 200


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        (
            f"KEY/{TODAY}/us-east-1/dynamodb",
            f"Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got 'KEY/{TODAY}/us-east-1/dynamodb'",
        ),
        ("KEY", "Credential must have exactly 5 slash-delimited elements"),
        (f"a/b/{TODAY}/us-east-1/dynamodb/aws4_request", "Credential must have exactly 5"),
        (
            f"KEY/{TODAY}/c/d/e",
            "Credential should be scoped to a valid region, not 'c'. Credential should be scoped "
            "to correct service: 'dynamodb'. Credential should be scoped with a valid terminator: "
            "'aws4_request', not 'e'.",
        ),
        (
            "KEY/b/us-east-1/dynamodb/aws4_request",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: 'b' != '{TODAY}', from '{NOW}'.",
        ),
    ],
)
def test_each_part_of_a_credential_is_checked(cloud: Cloud, credential: str, words: str) -> None:
    headers = {"Authorization": header(cloud, credential), "X-Amz-Date": NOW}
    status, _, message = refusal(cloud, "dynamodb", headers)
    assert status == 400
    words = words.replace("KEY", cloud.principals.admin_credentials.access_key)
    assert message.startswith(words)


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        ("KEY", 'mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
        (f"/{TODAY}/us-east-1/s3/aws4_request", "a non-empty Access Key (AKID) must be provided"),
        ("KEY/x/us-east-1/s3/aws4_request", 'incorrect date format "x". This date in'),
        (f"KEY/{TODAY}/us-east-1/s3/aws5_request", 'incorrect terminal "aws5_request". This'),
        ("KEY/20200101/us-east-1/s3/aws4_request", 'Invalid credential date "20200101". This'),
    ],
)
@pytest.mark.parametrize("is_url", [False, True])
def test_s3_checks_each_part_of_a_credential(
    cloud: Cloud, credential: str, words: str, is_url: bool
) -> None:
    code, headers, query = "AuthorizationHeaderMalformed", {}, ""
    if is_url:
        code = "AuthorizationQueryParametersError"
        credential = credential.replace("KEY", cloud.principals.admin_credentials.access_key)
        query = f"?X-Amz-Credential={credential}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={NOW}"
    else:
        headers = {"Authorization": header(cloud, credential), "X-Amz-Date": NOW}
    assert refusal(cloud, "s3", headers, query)[:2] == (400, code)
    assert words in refusal(cloud, "s3", headers, query)[2]


@pytest.mark.parametrize(
    ("authorization", "code", "words"),
    [
        ("Bearer abc", "InvalidArgument", "Unsupported Authorization Type"),
        ("AWS4-HMAC-SHA1 Credential=a/b", "InvalidArgument", "Unsupported Authorization Type"),
        ("AWS AKIA:abc", "InvalidRequest", "Please use AWS4-HMAC-SHA256."),
        ("AWS4-HMAC-SHA256", "AuthorizationHeaderMalformed", "requires three components"),
        (
            "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0",
            "AuthorizationHeaderMalformed", "requires three components",
        ),
    ],
)  # fmt: skip
def test_nobody_is_anonymous_to_s3_who_has_a_wrong_header(
    cloud: Cloud, authorization: str, code: str, words: str
) -> None:
    status, found, message = refusal(cloud, "s3", {"Authorization": authorization})
    assert (status, found) == (400, code)
    assert words in message


def test_s3_does_not_take_links_of_version_2(cloud: Cloud) -> None:
    query = "?AWSAccessKeyId=KEY&Signature=x&Expires=1"
    status, code, message = refusal(cloud, "s3", {}, query)
    assert (status, code) == (400, "InvalidRequest")
    assert message.endswith("Please use AWS4-HMAC-SHA256.")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (
            {"Authorization": "AWS4-HMAC-SHA256"},
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            "Authorization=AWS4-HMAC-SHA256",
        ),
        (
            {"Authorization": "AWS4-HMAC-SHA1 Credential=a, SignedHeaders=host, Signature=0",
             "X-Amz-Date": NOW},
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now). ",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["dynamodb", "sts", "lambda", "route53"])
def test_a_signature_without_all_of_its_parts_is_incomplete(
    cloud: Cloud, name: str, headers: dict[str, str], words: str
) -> None:
    _, code, message = refusal(cloud, name, headers)
    assert code.removesuffix("Exception") == "IncompleteSignature"
    assert message == words


def test_the_url_of_another_service_than_s3_needs_all_parameters(cloud: Cloud) -> None:
    status, code, message = refusal(cloud, "lambda", {}, "?X-Amz-Signature=0&X-Amz-Credential=KEY")
    assert (status, code) == (403, "IncompleteSignatureException")
    assert message.startswith("AWS query-string parameters must include 'X-Amz-SignedHeaders'.")


def test_the_host_is_signed(cloud: Cloud) -> None:
    credential = f"KEY/{TODAY}/us-east-1/dynamodb/aws4_request"
    authorization = header(cloud, credential, "SignedHeaders=x-amz-date, Signature=0")
    headers = {"Authorization": authorization, "X-Amz-Date": NOW}
    assert "'Host' must be a 'SignedHeader'" in refusal(cloud, "dynamodb", headers)[2]


@pytest.mark.parametrize("name", ["s3", "lambda"])
def test_a_request_is_signed_in_one_place(cloud: Cloud, name: str) -> None:
    headers = signed(cloud, name, "us-east-1", name)
    query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    words = "Only one auth mechanism" if name == "s3" else "Found both 'X-Amz-Algorithm'"
    assert words in refusal(cloud, name, headers, query)[2]


@pytest.mark.parametrize("signature", ["ü", "0", "zz", "\udcff", "{valid}0", "{valid}"])
@pytest.mark.parametrize("algorithm", ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"])
def test_whatever_stands_in_its_place_is_a_wrong_signature(
    cloud: Cloud, signature: str, algorithm: str
) -> None:
    headers: dict[str, Any] = signed(cloud, "lambda", "us-east-1", "lambda")
    start, _, valid = headers["Authorization"].rpartition("=")
    if algorithm != "AWS4-HMAC-SHA256":
        start = start.replace("AWS4-HMAC-SHA256", algorithm).replace("us-east-1/", "")
    elif signature == "{valid}":
        assert refusal(cloud, "lambda", headers)[0] == 200
        return
    headers["Authorization"] = f"{start}={signature.format(valid=valid)}"
    expected = (403, "InvalidSignatureException")
    assert refusal(cloud, "lambda", headers)[:2] == expected
