"""Parameters are judged by AWS's models before anything sees them, in AWS's words."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.sqs.models import SQSBackend

from localcloud.cloud import Cloud
from localcloud.gateway import constraints
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_errors import error_for
from localcloud.gateway.vouched import VOUCHED
from tests.gateway.requests import signed


@pytest.fixture(autouse=True)
def _unchecked_by_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(retries={"max_attempts": 0}, parameter_validation=False)
    monkeypatch.setattr("localcloud.gateway.clients._CONFIG", config)


def call(cloud: Cloud, service: str, operation: str, **params: Any) -> Any:
    return getattr(cloud.clients.client(service, "us-east-1"), operation)(**params)


def value(shown: str, place: str, constraint: str) -> str:
    return f"Value{shown} at '{place}' failed to satisfy constraint: {constraint}"


def shapes(shape: Any, known: dict[str, Any]) -> dict[str, Any]:
    """A shape and all that can be in it, by name."""
    if shape is None or shape.name in known:
        return known
    known[shape.name] = shape
    inner = (getattr(shape, name, None) for name in ("member", "key", "value"))
    for part in (*getattr(shape, "members", {}).values(), *inner):
        shapes(part, known)
    return known


@pytest.mark.parametrize("service", VOUCHED)
def test_every_pattern_can_be_read_and_no_input_is_of_any_type(service: str) -> None:
    model = botocore.session.Session().get_service_model(service)
    for operation in VOUCHED[service]:
        for shape in shapes(model.operation_model(operation).input_shape, {}).values():
            assert not getattr(shape, "is_document_type", False)
            constraints.readable(shape.metadata.get("pattern", ""))


@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "words"),
    [
        ("kms", "create_alias", {"AliasName": "alias/a"}, "ValidationException",
         value(" null", "targetKeyId", "Member must not be null")),
        ("iam", "get_role", {"RoleName": "r" * 65}, "ValidationError",
         value(f" '{'r' * 65}'", "roleName", "Member must have length less than or equal to 64")),
        ("events", "put_rule", {"Name": "r", "State": "ON"}, "ValidationException",
         "at 'state' failed to satisfy constraint: Member must satisfy enum value set: ["),
        ("kms", "encrypt", {"KeyId": "k", "Plaintext": b"x" * 4097}, "ValidationException",
         value("", "plaintext", "Member must have length less than or equal to 4096")),
        ("ssm", "remove_tags_from_resource",
         {"ResourceType": "Document", "ResourceId": "d", "TagKeys": [""]}, "ValidationException",
         value(" '[]'", "tagKeys", "Member must satisfy constraint: [Member must have length ")),
        ("kms", "create_key", {"Tags": [{"TagKey": "a"}]}, "ValidationException",
         value(" null", "tags.1.member.tagValue", "Member must not be null")),
        ("logs", "create_log_group", {"logGroupName": "g", "tags": {"": "v"}},
         "InvalidParameterException", "Map keys must satisfy constraint: ["),
        ("route53", "create_hosted_zone", {"Name": "a.b", "CallerReference": ""}, "InvalidInput",
         "greater than or equal to 1"),
        ("ec2", "create_subnet", {"CidrBlock": "10.0.0.0/24"}, "MissingParameter",
         "The request must contain the parameter VpcId."),
        ("sqs", "create_queue", {"QueueName": "q", "Attributes": {"Colour": "red"}},
         "InvalidAttributeName", "Unknown Attribute Colour."),
        ("s3", "put_bucket_versioning",
         {"Bucket": "bucket", "VersioningConfiguration": {"Status": "on"}}, "MalformedXML", ""),
        ("dynamodb", "create_table", {"TableName": "t" * 3}, "ValidationException", "keySchema"),
    ],
)  # fmt: skip
def test_a_broken_constraint_is_refused(
    cloud: Cloud, service: str, operation: str, params: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(ClientError) as refused:
        call(cloud, service, operation, **params)
    assert refused.value.response["Error"]["Code"] == code
    assert words in refused.value.response["Error"]["Message"]


def test_all_that_is_wrong_is_said_at_once(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"3 validation errors detected: .*; .*; "):
        call(cloud, "stepfunctions", "create_state_machine", name="n" * 81)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"Description": 5}', "NUMBER_VALUE cannot be converted to String"),
        (b'{"Description": true}', "TRUE_VALUE cannot be converted to String"),
        (b'{"Description": {}}', "Start of structure or map found where not expected."),
        (b'{"Description": []}', "Start of list found where not expected"),
        (b'{"MultiRegion": "yes"}', "STRING_VALUE cannot be converted to Boolean"),
        (b'{"Tags": "x"}', "STRING_VALUE cannot be converted to List"),
        (b"[]", "Start of structure or map expected."),
        (b"{", "The input is malformed."),
        (b'{"Description": NaN}', "NaN is no JSON"),
        (b"\xff", "The input is malformed."),
        (b"[" * 100_000, "The input is malformed."),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(cloud: Cloud, body: bytes, words: str) -> None:
    request = signed(
        "https://kms.us-east-1.amazonaws.com/", "us-east-1/kms", body=body,
        X_Amz_Target="TrentService.CreateKey", Content_Type="application/x-amz-json-1.1",
    )  # fmt: skip
    response = cloud.gateway.handle(request)
    assert response.status == 400
    assert b"SerializationException" in response.body
    assert words.encode() in response.body


@pytest.mark.parametrize(
    ("service", "query", "code"),
    [
        ("iam", "Action=ListRoles&Version=2010-05-08&MaxItems=many", "MalformedInput"),
        ("ec2", "Action=DescribeVpcs&Version=2016-11-15&MaxResults=many", "InvalidParameterValue"),
    ],
)
def test_a_number_that_is_none_is_refused(
    cloud: Cloud, service: str, query: str, code: str
) -> None:
    url, form = f"https://{service}.us-east-1.amazonaws.com/", "application/x-www-form-urlencoded"
    request = signed(url, f"us-east-1/{service}", body=query.encode(), Content_Type=form)
    response = cloud.gateway.handle(request)
    assert (response.status, code.encode() in response.body) == (400, True)


def test_a_null_is_as_good_as_absent(cloud: Cloud) -> None:
    call(cloud, "sqs", "create_queue", QueueName="q")
    request = signed(
        "https://sqs.us-east-1.amazonaws.com/", "us-east-1/sqs",
        body=b'{"QueueNamePrefix": null, "MaxResults": null}',
        X_Amz_Target="AmazonSQS.ListQueues", Content_Type="application/x-amz-json-1.0",
    )  # fmt: skip
    response = cloud.gateway.handle(request)
    assert (response.status, b"/q" in response.body) == (200, True)


def test_an_exception_of_moto_counts_for_the_operations_of_which_it_is_known() -> None:
    assert error_for("ec2:DescribeRouteTables", IndexError()) is not None
    assert error_for("ec2:CreateRoute", KeyError("Tag")) is None
    assert error_for("dynamodb:CreateTable", IndexError()) is None


def test_no_body_is_as_good_as_an_empty_object(cloud: Cloud) -> None:
    request = signed(
        "https://kms.us-east-1.amazonaws.com/", "us-east-1/kms",
        X_Amz_Target="TrentService.ListAliases", Content_Type="application/x-amz-json-1.1",
    )  # fmt: skip
    assert cloud.gateway.handle(request).status == 200


def test_a_creation_that_crashes_can_be_tried_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = SQSBackend.create_queue

    def crash(*args: Any, **params: Any) -> None:
        create(*args, **params)
        raise ZeroDivisionError("late")

    with monkeypatch.context() as patch:
        patch.setattr(SQSBackend, "create_queue", crash)
        with pytest.raises(ClientError, match="a defect of the local cloud, not of the call"):
            call(cloud, "sqs", "create_queue", QueueName="q")
    attributes = {"DelaySeconds": "5"}  # another queue of that name would be refused
    call(cloud, "sqs", "create_queue", QueueName="q", Attributes=attributes)


def test_a_defect_of_a_watcher_is_an_internal_failure(cloud: Cloud) -> None:
    def watcher(_call: Call, _response: Response) -> None:
        raise ZeroDivisionError("watcher")

    cloud.gateway.watch("sqs", watcher)
    with pytest.raises(ClientError, match=r"InternalFailure.*ZeroDivisionError\('watcher'\)"):
        call(cloud, "sqs", "list_queues")


def test_a_range_in_no_unit_is_refused(cloud: Cloud) -> None:
    call(cloud, "s3", "create_bucket", Bucket="bucket")
    call(cloud, "s3", "put_object", Bucket="bucket", Key="k", Body=b"body")
    with pytest.raises(ClientError, match="InvalidArgument"):
        call(cloud, "s3", "get_object", Bucket="bucket", Key="k", Range="../..")


def test_a_group_of_another_vpc_has_no_name_to_delete_it_by(cloud: Cloud) -> None:
    vpc = call(cloud, "ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    call(cloud, "ec2", "create_security_group", GroupName="g", Description="d", VpcId=vpc)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        call(cloud, "ec2", "delete_security_group", GroupName="g")
