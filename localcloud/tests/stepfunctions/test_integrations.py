"""Task states that call services: results and errors as AWS names them."""

from __future__ import annotations

from typing import Any

import pytest
from moto.sns.models import sns_backends

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.integrations.sdk import sdk_operation
from localcloud.stepfunctions.integrations.sdk_errors import service_model, v2_service_name
from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment

_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


@pytest.fixture
def table(env: Environment) -> str:
    env.client("dynamodb").create_table(
        TableName="tab",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "tab"


def test_dynamodb_items_are_put_updated_read_and_deleted(env: Environment, table: str) -> None:
    item = {"k": {"S": "a"}, "n": {"N": "{% $string(1 + 1) %}"}}
    put_result = env.result_of("dynamodb:putItem", {"TableName": table, "Item": item})
    assert put_result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    key = {"TableName": table, "Key": {"k": {"S": "a"}}}
    update = {
        **key,
        "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "3"}},
        "ReturnValues": "ALL_NEW",
    }
    updated = env.result_of("dynamodb:updateItem", update)
    assert updated["Attributes"]["n"] == {"N": "3"}
    read = env.result_of("dynamodb:getItem", key)
    assert read["Item"] == {"k": {"S": "a"}, "n": {"N": "3"}}
    sdk = env.result_of("aws-sdk:dynamodb:getItem", key)
    assert sdk == {"Item": read["Item"]}
    env.result_of("dynamodb:deleteItem", key)
    assert "Item" not in env.result_of("dynamodb:getItem", key)


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        ("dynamodb:putItem", "DynamoDB.ConditionalCheckFailedException"),
        ("aws-sdk:dynamodb:putItem", "DynamoDb.ConditionalCheckFailedException"),
    ],
)
def test_an_error_that_the_model_names_keeps_its_name(
    env: Environment, table: str, resource: str, error: str
) -> None:
    arguments = {
        "TableName": table,
        "Item": {"k": {"S": "a"}},
        "ConditionExpression": "attribute_exists(k)",
    }
    execution = env.run_task(resource, arguments)
    assert execution["error"] == error
    assert "The conditional request failed" in execution["cause"]


@pytest.mark.parametrize(
    ("resource", "error", "service"),
    [
        ("dynamodb:putItem", "DynamoDB.AmazonDynamoDBException", "Service: AmazonDynamoDBv2;"),
        ("aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException", "Service: DynamoDb,"),
    ],
)
def test_a_missing_permission_of_the_role_is_an_error_of_the_service(
    env: Environment, table: str, resource: str, error: str, service: str
) -> None:
    env.allow("s3:*")
    execution = env.run_task(resource, {"TableName": table, "Item": {"k": {"S": "a"}}})
    assert execution["error"] == error
    assert service in execution["cause"]
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/machine/machine-1"
    assert f"{caller} is not authorized to perform: dynamodb:PutItem" in execution["cause"]


def test_s3_operations_of_the_sdk(env: Environment) -> None:
    s3 = env.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    s3.put_object(Bucket="bucket-1", Key="k", Body="text")
    location = {"Bucket": "bucket-1", "Key": "k"}
    head = env.result_of("aws-sdk:s3:headObject", location)
    assert head["ContentLength"] == 4
    assert head["LastModified"].endswith("Z")
    assert "ResponseMetadata" not in head
    assert env.result_of("aws-sdk:s3:getObject", location)["Body"] == "text"
    for action, error in (
        ("getObject", "S3.NoSuchKeyException"),
        ("headObject", "S3.NoSuchKeyException"),
    ):
        execution = env.run_task(f"aws-sdk:s3:{action}", {**location, "Key": "nope"})
        assert execution["error"] == error
        assert "(Service: S3, Status Code: 404, Request ID:" in execution["cause"]
    assert env.run_task("aws-sdk:s3:listObjects", {"Bucket": "none-such"})["error"] == (
        "S3.NoSuchBucketException"
    )


def test_messages_of_sns_and_sqs_may_be_json(env: Environment) -> None:
    topic = env.client("sns").create_topic(Name="t")["TopicArn"]
    queue = env.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    published = env.result_of("sns:publish", {"TopicArn": topic, "Message": {"a": "{% 1 %}"}})
    (sent,) = sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications
    assert (sent[0], sent[1]) == (published["MessageId"], '{"a":1}')
    env.result_of("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": {"b": [2]}})
    received = env.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert [message["Body"] for message in received["Messages"]] == ['{"b":[2]}']


def test_an_argument_of_the_wrong_type_is_a_runtime_error(env: Environment) -> None:
    execution = env.run_task("aws-sdk:s3:headObject", {"Bucket": "{% 1 %}", "Key": "k"})
    assert execution["error"] == "States.Runtime"
    assert execution["cause"] == (
        "An error occurred while executing the state 'State' (entered at the event id #2). "
        'The Parameters \'{"Bucket":1,"Key":"k"}\' could not be used to start the Task: '
        "[The value for the field 'Bucket' must be a STRING]"
    )
    # The task is never scheduled.
    types = env.event_types(execution["executionArn"])
    assert types == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


def _child(env: Environment, state: dict[str, Any], type_: str) -> str:
    return env.create(machine({"C": state}), type_)


class Function:
    """Stands in for Lambda: answers every Invoke with what it is told to."""

    def __init__(self, env: Environment) -> None:
        self.requests: list[Call] = []
        self.answer: Any = Response(200, {"X-Amz-Executed-Version": "$LATEST"}, b'{"v":1}')
        env.cloud.gateway.register("lambda", self)

    def __call__(self, call: Call) -> Response:
        self.requests.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: Response = self.answer
        return answer


@pytest.fixture
def function(env: Environment) -> Function:
    return Function(env)


def test_apigateway_invoke_calls_the_api_as_the_role(env: Environment) -> None:
    calls: list[Call] = []

    def api(call: Call) -> Response:
        calls.append(call)
        ends = {"missing": 404, "elsewhere": 302}
        status = ends.get(call.request.parts.path.rpartition("/")[2], 200)
        return Response(status, {"Content-Type": "application/json"}, b'{"v":1}')

    env.cloud.gateway.register("execute-api", api)
    arguments = {
        "ApiEndpoint": f"abc.execute-api.{REGION}.amazonaws.com",
        "Method": "POST",
        "Stage": "v1",
        "Path": "/records",
        "QueryParameters": {"q": ["1", "2"]},
        "Headers": {"X-Test": ["yes"]},
        "RequestBody": {"a": "{% 1 %}"},
        "AuthType": "IAM_ROLE",
    }
    result = env.result_of("apigateway:invoke", arguments)
    assert result == {
        "Headers": {"Content-Type": ["application/json"]},
        "ResponseBody": {"v": 1},
        "StatusCode": 200,
        "StatusText": "OK",
    }
    (call,) = calls
    request = call.request
    assert request.url == f"https://abc.execute-api.{REGION}.amazonaws.com/v1/records?q=1&q=2"
    assert (request.body, request.header("X-Test")) == (b'{"a":1}', "yes")
    assert (call.service, call.region, call.principal.role_arn) == (
        "execute-api",
        REGION,
        env.role_arn,
    )
    for path, error in (("missing", "ApiGateway.404"), ("elsewhere", "ApiGateway.302")):
        execution = env.run_task("apigateway:invoke", {**arguments, "Path": path})
        assert (execution["error"], execution["cause"]) == (error, '{"v":1}')
    env.run_task("apigateway:invoke", {**arguments, "AuthType": "NO_AUTH"})
    assert calls[-1].principal.arn == "anonymous"


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("dynamodb", "DynamoDb"),
        ("stepfunctions", "Sfn"),
        ("s3", "S3"),
        ("sesv2", "SesV2"),
        ("secretsmanager", "SecretsManager"),
        ("logs", "CloudWatchLogs"),
        ("ec2", "Ec2"),
        ("route53", "Route53"),
        ("events", "EventBridge"),
        ("apigateway", "ApiGateway"),
    ],
)
def test_services_are_named_in_errors_as_in_the_sdk_for_java(service: str, name: str) -> None:
    assert v2_service_name(service_model(service)) == name


def test_services_are_named_in_resources_as_in_the_sdk_for_java() -> None:
    assert sdk_operation("sfn", "startSyncExecution") is not None
    assert sdk_operation("cloudwatchlogs", "putLogEvents") is not None
    assert sdk_operation("route53recoverycluster", "getRoutingControlState") is not None
    assert sdk_operation("sfn", "StartExecution") is None
