"""Integrations against real calls: through the gateway, as the state machine's role, with AWS's
error names.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.integrations.sdk import sdk_operation
from localcloud.stepfunctions.integrations.sdk_errors import service_model, v2_service_name
from tests.stepfunctions.cloud_under_test import ACCOUNT, REGION, Lab, machine, task

_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


def _task(resource: str, arguments: Any, **more: Any) -> dict[str, Any]:
    return task(Resource=f"arn:aws:states:::{resource}", Arguments=arguments, **more)


def _run(lab: Lab, resource: str, arguments: Any, given: Any = None, **more: Any) -> Any:
    return lab.run(machine({"A": _task(resource, arguments, **more)}), given)


def _output(lab: Lab, resource: str, arguments: Any, **more: Any) -> Any:
    done = _run(lab, resource, arguments, **more)
    assert done["status"] == "SUCCEEDED", done
    return json.loads(done["output"])


@pytest.fixture
def table(lab: Lab) -> str:
    lab.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "t"


def test_dynamodb_items(lab: Lab, table: str) -> None:
    item = {"k": {"S": "a"}, "n": {"N": "{% $string(1 + 1) %}"}}
    put = _output(lab, "dynamodb:putItem", {"TableName": table, "Item": item})
    assert put["SdkHttpMetadata"]["HttpStatusCode"] == 200
    key = {"TableName": table, "Key": {"k": {"S": "a"}}}
    update = {
        **key,
        "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "3"}},
        "ReturnValues": "ALL_NEW",
    }
    updated = _output(lab, "dynamodb:updateItem", update)
    assert updated["Attributes"]["n"] == {"N": "3"}
    got = _output(lab, "dynamodb:getItem", key)
    assert got["Item"] == {"k": {"S": "a"}, "n": {"N": "3"}}
    sdk = _output(lab, "aws-sdk:dynamodb:getItem", key)
    assert sdk == {"Item": got["Item"]}
    _output(lab, "dynamodb:deleteItem", key)
    assert "Item" not in _output(lab, "dynamodb:getItem", key)


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        ("dynamodb:putItem", "DynamoDB.ConditionalCheckFailedException"),
        ("aws-sdk:dynamodb:putItem", "DynamoDb.ConditionalCheckFailedException"),
    ],
)
def test_errors_that_the_model_names(lab: Lab, table: str, resource: str, error: str) -> None:
    arguments = {
        "TableName": table,
        "Item": {"k": {"S": "a"}},
        "ConditionExpression": "attribute_exists(k)",
    }
    done = _run(lab, resource, arguments)
    assert done["error"] == error
    assert "The conditional request failed" in done["cause"]


@pytest.mark.parametrize(
    ("resource", "error", "service"),
    [
        ("dynamodb:putItem", "DynamoDB.AmazonDynamoDBException", "Service: AmazonDynamoDBv2;"),
        ("aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException", "Service: DynamoDb,"),
    ],
)
def test_what_the_role_may_not_do(
    lab: Lab, table: str, resource: str, error: str, service: str
) -> None:
    lab.allow("s3:*")
    done = _run(lab, resource, {"TableName": table, "Item": {"k": {"S": "a"}}})
    assert done["error"] == error
    assert service in done["cause"]
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/machine/machine-1"
    assert f"{caller} is not authorized to perform: dynamodb:PutItem" in done["cause"]


def test_s3_of_the_sdk(lab: Lab) -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    s3.put_object(Bucket="bucket-1", Key="k", Body="text")
    where = {"Bucket": "bucket-1", "Key": "k"}
    head = _output(lab, "aws-sdk:s3:headObject", where)
    assert head["ContentLength"] == 4
    assert head["LastModified"].endswith("Z")
    assert "ResponseMetadata" not in head
    assert _output(lab, "aws-sdk:s3:getObject", where)["Body"] == "text"
    for action, error in (
        ("getObject", "S3.NoSuchKeyException"),
        ("headObject", "S3.NoSuchKeyException"),
    ):
        done = _run(lab, f"aws-sdk:s3:{action}", {**where, "Key": "nope"})
        assert done["error"] == error
        assert "(Service: S3, Status Code: 404, Request ID:" in done["cause"]
    assert _run(lab, "aws-sdk:s3:listObjects", {"Bucket": "none-such"})["error"] == (
        "S3.NoSuchBucketException"
    )


def test_messages_may_be_json(lab: Lab) -> None:
    topic = lab.client("sns").create_topic(Name="t")["TopicArn"]
    queue = lab.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    lab.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    sent = _output(lab, "sns:publish", {"TopicArn": topic, "Message": {"a": "{% 1 %}"}})
    assert sent["MessageId"]
    _output(lab, "sqs:sendMessage", {"QueueUrl": queue, "MessageBody": {"b": [2]}})
    received = lab.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert [message["Body"] for message in received["Messages"]] == ['{"a":1}', '{"b":[2]}']


def test_an_argument_of_the_wrong_type(lab: Lab) -> None:
    done = _run(lab, "aws-sdk:s3:headObject", {"Bucket": "{% 1 %}", "Key": "k"})
    assert done["error"] == "States.Runtime"
    assert done["cause"] == (
        'The Parameters \'{"Bucket":1,"Key":"k"}\' could not be used to start the Task: '
        "[The value for the field 'Bucket' must be a STRING]"
    )


def _child(lab: Lab, state: dict[str, Any], type_: str) -> str:
    return lab.create(machine({"C": state}), type_)


def test_a_nested_execution_and_its_output(lab: Lab) -> None:
    child = _child(
        lab, {"Type": "Pass", "Output": {"x": "{% $states.input.a %}"}, "End": True}, "STANDARD"
    )
    arguments = {"StateMachineArn": child, "Input": {"a": 5}}
    done = _run(lab, "states:startExecution.sync:2", arguments)
    result = json.loads(done["output"])
    assert (result["Output"], result["Input"], result["Status"]) == (
        {"x": 5},
        {"a": 5},
        "SUCCEEDED",
    )
    events = lab.history(done["executionArn"])
    assert [event["type"] for event in events][2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert events[4]["taskSubmittedEventDetails"]["resource"] == "startExecution.sync:2"


def test_a_nested_execution_that_fails(lab: Lab) -> None:
    child = _child(lab, {"Type": "Fail", "Error": "E", "Cause": "C"}, "STANDARD")
    done = _run(lab, "states:startExecution.sync:2", {"StateMachineArn": child})
    assert done["error"] == "States.TaskFailed"
    cause = json.loads(done["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "E", "C")


def test_a_nested_express_execution_cannot_be_waited_for(lab: Lab) -> None:
    child = _child(lab, {"Type": "Pass", "End": True}, "EXPRESS")
    done = _run(lab, "states:startExecution.sync:2", {"StateMachineArn": child})
    assert done["error"] == "StepFunctions.InvalidArnException"


def test_waiting_for_a_nested_execution_needs_a_permission(lab: Lab) -> None:
    child = _child(lab, {"Type": "Pass", "End": True}, "STANDARD")
    lab.allow("states:StartExecution")
    done = _run(lab, "states:startExecution.sync:2", {"StateMachineArn": child})
    assert done["error"] == "StepFunctions.AWSStepFunctionsException"
    assert "states:DescribeExecution" in done["cause"]


def test_starting_without_waiting(lab: Lab) -> None:
    child = _child(lab, {"Type": "Pass", "End": True}, "STANDARD")
    arguments = {"StateMachineArn": child, "Name": "given", "Input": {"a": 1}}
    started = _output(lab, "states:startExecution", arguments)
    assert started["ExecutionArn"].endswith(":given")
    assert json.loads(lab.wait(started["ExecutionArn"])["output"]) == {"a": 1}
    again = _run(lab, "states:startExecution", arguments)
    assert again["error"] == "StepFunctions.ExecutionAlreadyExistsException"


def test_a_synchronous_express_execution_answers_with_its_status(lab: Lab) -> None:
    child = _child(lab, {"Type": "Fail", "Error": "E"}, "EXPRESS")
    arguments = {"StateMachineArn": child, "Input": {"a": 1}}
    answer = _output(lab, "aws-sdk:sfn:startSyncExecution", arguments)
    assert (answer["Status"], answer["Error"], answer["Input"]) == ("FAILED", "E", '{"a":1}')
    assert answer["BillingDetails"]["BilledMemoryUsedInMB"] == 64
    missing = {"StateMachineArn": child + "x"}
    done = _run(lab, "aws-sdk:sfn:startSyncExecution", missing)
    assert done["error"] == "Sfn.StateMachineDoesNotExistException"


class Function:
    """Stands in for Lambda: answers every Invoke with what it is told to."""

    def __init__(self, lab: Lab) -> None:
        self.requests: list[Call] = []
        self.answer: Any = Response(200, {"X-Amz-Executed-Version": "$LATEST"}, b'{"v":1}')
        lab.cloud.gateway.register("lambda", self)

    def __call__(self, call: Call) -> Response:
        self.requests.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: Response = self.answer
        return answer


@pytest.fixture
def function(lab: Lab) -> Function:
    return Function(lab)


def test_lambda_invoke(lab: Lab, function: Function) -> None:
    arguments = {"FunctionName": _LAMBDA, "Payload": {"a": "{% 1 %}"}, "Qualifier": "live"}
    result = _output(lab, "lambda:invoke", arguments)
    assert result["Payload"] == {"v": 1}
    assert (result["StatusCode"], result["ExecutedVersion"]) == (200, "$LATEST")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    (call,) = function.requests
    assert call.name == "Invoke"
    assert call.params["FunctionName"] == _LAMBDA
    assert call.params["Qualifier"] == "live"
    assert call.request.body == b'{"a":1}'
    assert call.principal.role_arn == lab.role_arn


def test_a_function_as_the_resource(lab: Lab, function: Function) -> None:
    done = lab.run(machine({"A": {"Type": "Task", "Resource": _LAMBDA, "End": True}}), {"a": 1})
    assert json.loads(done["output"]) == {"v": 1}
    assert function.requests[0].request.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("payload", "error", "cause"),
    [
        ('{"errorType":"MyError","errorMessage":"m"}', "MyError", '{"errorType":"MyError"'),
        ('{"errorMessage":"Task timed out"}', "Lambda.Unknown", "Returned payload: {"),
    ],
)
def test_what_a_function_raises(
    lab: Lab, function: Function, payload: str, error: str, cause: str
) -> None:
    function.answer = Response(200, {"X-Amz-Function-Error": "Unhandled"}, payload.encode())
    done = _run(lab, "lambda:invoke", {"FunctionName": "f"})
    assert done["error"] == error
    assert cause in done["cause"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ApiError("ResourceNotFoundException", "m", 404), "Lambda.ResourceNotFoundException"),
        (ApiError("TooManyRequestsException", "m", 429), "Lambda.TooManyRequestsException"),
        (ApiError("ServiceException", "m", 500), "Lambda.ServiceException"),
        (ApiError("AccessDeniedException", "m", 403), "Lambda.AWSLambdaException"),
        (ConnectionCut("no route"), "Lambda.SdkClientException"),
        (ApiError("LocalCloudNotEmulated", "m", 501), "LocalCloudNotEmulated"),
    ],
)
def test_what_lambda_refuses(lab: Lab, function: Function, answer: Exception, error: str) -> None:
    function.answer = answer
    assert _run(lab, "lambda:invoke", {"FunctionName": "f"})["error"] == error


def test_an_api_call(lab: Lab) -> None:
    seen: list[Call] = []

    def api(call: Call) -> Response:
        seen.append(call)
        status = 404 if call.request.parts.path.endswith("missing") else 200
        return Response(status, {"Content-Type": "application/json"}, b'{"v":1}')

    lab.cloud.gateway.register("execute-api", api)
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
    result = _output(lab, "apigateway:invoke", arguments)
    assert result == {
        "Headers": {"Content-Type": ["application/json"]},
        "ResponseBody": {"v": 1},
        "StatusCode": 200,
        "StatusText": "OK",
    }
    (call,) = seen
    request = call.request
    assert request.url == f"https://abc.execute-api.{REGION}.amazonaws.com/v1/records?q=1&q=2"
    assert (request.body, request.header("X-Test")) == (b'{"a":1}', "yes")
    assert (call.service, call.region, call.principal.role_arn) == (
        "execute-api",
        REGION,
        lab.role_arn,
    )
    done = _run(lab, "apigateway:invoke", {**arguments, "Path": "missing"})
    assert (done["error"], done["cause"]) == ("ApiGateway.404", '{"v":1}')
    _run(lab, "apigateway:invoke", {**arguments, "AuthType": "NO_AUTH"})
    assert seen[-1].principal.arn == "anonymous"


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
def test_names_of_services_in_errors(service: str, name: str) -> None:
    assert v2_service_name(service_model(service)) == name


def test_names_of_services_in_resources() -> None:
    assert sdk_operation("sfn", "startSyncExecution") is not None
    assert sdk_operation("cloudwatchlogs", "putLogEvents") is not None
    assert sdk_operation("route53recoverycluster", "getRoutingControlState") is not None
    assert sdk_operation("sfn", "StartExecution") is None
