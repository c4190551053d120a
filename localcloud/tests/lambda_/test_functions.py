"""The API of functions answers and refuses as AWS does."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.lambda_.conftest import Bench, zipped

ECHO = "def handler(event, context): return event"


def test_a_new_function_is_described_with_its_defaults(bench: Bench) -> None:
    code = zipped({"app.py": ECHO})
    answer = bench.api.create_function(
        FunctionName="described",
        Runtime="python3.13",
        Role=bench.role,
        Handler="app.handler",
        Code={"ZipFile": code},
    )
    del answer["ResponseMetadata"], answer["LastModified"], answer["RevisionId"]
    assert answer == {
        "FunctionName": "described",
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:described",
        "Runtime": "python3.13",
        "Role": bench.role,
        "Handler": "app.handler",
        "CodeSize": len(code),
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/described"},
    }


def test_a_name_is_taken_once_in_a_region(bench: Bench, refused: Any) -> None:
    name = bench.function(ECHO)
    with refused("ResourceConflictException", f"Function already exist: {name}"):
        bench.api.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=bench.role,
            Handler="app.handler",
            Code={"ZipFile": zipped({"app.py": ECHO})},
        )


def test_a_missing_function_is_named_by_its_arn(bench: Bench, refused: Any) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    with refused("ResourceNotFoundException", f"Function not found: {arn}"):
        bench.api.get_function(FunctionName="nobody")
    with refused("ResourceNotFoundException", f"Function not found: {arn}"):
        bench.api.invoke(FunctionName=arn)


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"Timeout": 901}, "ValidationException", "less than or equal to 900"),
        ({"MemorySize": 10_241}, "ValidationException", "less than or equal to 10240"),
        (
            {"Environment": {"Variables": {"AWS_REGION": "here"}}},
            "InvalidParameterValueException",
            "Reserved keys used in this request: AWS_REGION",
        ),
        (
            {"Environment": {"Variables": {"LONG": "x" * 4096}}},
            "InvalidParameterValueException",
            "exceeded the 4KB limit",
        ),
        (
            {"Role": "arn:aws:iam::123456789012:role/absent"},
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        ({"Runtime": "nodejs22.x"}, "LocalCloudNotEmulated", "the Lambda runtime nodejs22.x"),
        ({"Runtime": "python3.8"}, "InvalidParameterValueException", "no longer supported"),
        (
            {"Code": {"ZipFile": b"no zip"}},
            "InvalidParameterValueException",
            "Could not unzip uploaded file",
        ),
        (
            {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:absent:1"]},
            "InvalidParameterValueException",
            "layer:absent:1 does not exist.",
        ),
        (
            {"Layers": ["arn:aws:lambda:us-west-2:123456789012:layer:far:1"]},
            "InvalidParameterValueException",
            "Layers are expected to be in region us-east-1.",
        ),
        (
            {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            "InvalidParameterValueException",
            "EC2 Error Code: InvalidSubnetID.NotFound",
        ),
        ({"KMSKeyArn": "arn:aws:kms:x"}, "LocalCloudNotEmulated", "KMSKeyArn"),
        (
            {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
            "LocalCloudNotEmulated",
            "DeadLetterConfig",
        ),
        ({"Handler": "two words"}, "ValidationException", "at 'handler'"),
        (
            {"Environment": {"Variables": {"1": "x"}}},
            "ValidationException",
            "environment.variables",
        ),
    ],
)
def test_invalid_parameters_are_refused(
    bench: Bench, refused: Any, settings: dict[str, Any], code: str, words: str
) -> None:
    with refused(code, words):
        bench.function(ECHO, **settings)


def test_a_name_of_65_characters_is_too_long(bench: Bench, refused: Any) -> None:
    with refused("ValidationException", "length less than or equal to 64"):
        bench.api.create_function(
            FunctionName="n" * 65, Role=bench.role, Code={"ZipFile": zipped({"app.py": ECHO})}
        )


def _trust(effect: str, service: str) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("trusts-another", [_trust("Allow", "states")]),
        ("denies", [_trust("Allow", "lambda"), _trust("Deny", "lambda")]),
    ],
)
def test_a_role_that_does_not_trust_lambda_is_refused(
    bench: Bench, refused: Any, name: str, statements: list[dict[str, Any]]
) -> None:
    document = json.dumps({"Statement": statements})
    role = bench.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    with refused("InvalidParameterValueException", "cannot be assumed by Lambda"):
        bench.function(ECHO, Role=role["Role"]["Arn"])


def test_new_code_and_new_variables_reach_the_next_invocation(bench: Bench) -> None:
    name = bench.function("import os\ndef handler(e, c): return os.environ.get('COLOUR')")
    assert bench.result(name) is None
    bench.api.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"COLOUR": "red"}}
    )
    assert bench.result(name) == "red"
    bench.api.update_function_code(
        FunctionName=name, ZipFile=zipped({"app.py": "def handler(e, c): return 'new'"})
    )
    assert bench.result(name) == "new"


def test_code_comes_from_a_version_of_an_s3_object(bench: Bench) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="artifacts", Key="code.zip", Body=zipped({"app.py": ECHO}))
    s3.put_object(Bucket="artifacts", Key="code.zip", Body=b"later, and broken")
    where = {
        "S3Bucket": "artifacts",
        "S3Key": "code.zip",
        "S3ObjectVersion": first["VersionId"],
    }
    assert bench.result(bench.function("", Code=where), {"a": 1}) == {"a": 1}


def test_code_that_is_not_in_s3_is_refused_with_s3s_words(bench: Bench, refused: Any) -> None:
    bench.client("s3").create_bucket(Bucket="empty")
    with refused("InvalidParameterValueException", "S3 Error Code: NoSuchKey"):
        bench.function("", Code={"S3Bucket": "empty", "S3Key": "absent.zip"})


def test_code_in_another_region_is_refused(bench: Bench, refused: Any) -> None:
    bench.cloud.clients.client("s3", "us-west-2").create_bucket(
        Bucket="far", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    with refused("InvalidParameterValueException", "The bucket is in this region: us-west-2"):
        bench.function("", Code={"S3Bucket": "far", "S3Key": "code.zip"})


def test_versions_and_aliases_are_refused_by_name(bench: Bench, refused: Any) -> None:
    name = bench.function(ECHO)
    with refused("LocalCloudNotEmulated", "lambda:PublishVersion"):
        bench.api.publish_version(FunctionName=name)
    with refused("LocalCloudNotEmulated", "versions and aliases of Lambda functions (live)"):
        bench.api.invoke(FunctionName=f"{name}:live")
    with refused("LocalCloudNotEmulated", "versions and aliases of Lambda functions (1)"):
        bench.api.get_function(FunctionName=name, Qualifier="1")
    with refused("LocalCloudNotEmulated", "Publish"):
        bench.function(ECHO, Publish=True)
    with refused("InvalidParameterValueException", "$LATEST version cannot be deleted"):
        bench.api.delete_function(FunctionName=name, Qualifier="$LATEST")


def test_a_deleted_function_is_not_found(bench: Bench, refused: Any) -> None:
    name = bench.function(ECHO)
    bench.run(name)
    bench.api.delete_function(FunctionName=name)
    with refused("ResourceNotFoundException"):
        bench.api.get_function_configuration(FunctionName=name)


def test_an_operation_that_is_not_emulated_is_named(bench: Bench, refused: Any) -> None:
    with refused("LocalCloudNotEmulated", "lambda:CreateFunctionUrlConfig"):
        bench.api.create_function_url_config(FunctionName="any", AuthType="NONE")


def test_each_region_has_its_own_functions(bench: Bench, refused: Any) -> None:
    name = bench.function(ECHO)
    with refused("ResourceNotFoundException", "us-west-2"):
        bench.cloud.clients.client("lambda", "us-west-2").get_function(FunctionName=name)
