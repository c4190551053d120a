"""A stack with an HTTP API and its function: deployed, called, changed, deleted."""

from __future__ import annotations

import json
from typing import Any

from botocore.awsrequest import HeadersDict

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request, Response

from .conftest import Lab

_SOURCE_ARN = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/v1/POST/r"
_RESOURCES: dict[str, Any] = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": "Role.Arn"},
            "Code": {"ZipFile": "def handler(event, context): return event['routeKey']"},
        },
    },
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/vendedlogs/a"}},
    "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "a", "ProtocolType": "HTTP"}},
    "Integration": {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": "Function.Arn"},
            "PayloadFormatVersion": "2.0",
        },
    },
    "Route": {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "RouteKey": "POST /r",
            "Target": {"Fn::Sub": "integrations/${Integration}"},
        },
    },
    "Stage": {
        "Type": "AWS::ApiGatewayV2::Stage",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "StageName": "v1",
            "AutoDeploy": True,
            "AccessLogSettings": {
                "DestinationArn": {"Fn::GetAtt": "Logs.Arn"},
                "Format": "$context.requestId $context.status",
            },
        },
    },
    "Permission": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": _SOURCE_ARN},
        },
    },
}


def _call(cloud: Cloud, url: str) -> Response:
    return cloud.gateway.handle(Request("POST", url, HeadersDict()))


def test_an_http_api_is_deployed_called_changed_and_deleted(full_cloud: Cloud) -> None:
    lab = Lab(full_cloud, "us-east-1")
    outputs = {"Url": {"Value": {"Fn::Sub": "${Api.ApiEndpoint}/${Stage}/r"}}}
    assert lab.create(_RESOURCES, Outputs=outputs) == "CREATE_COMPLETE"
    url = lab.outputs()["Url"]
    response = _call(full_cloud, url)
    assert (response.status, response.body) == (200, b"POST /r")
    events = lab.client("logs").filter_log_events(logGroupName="/aws/vendedlogs/a")["events"]
    request_id = response.headers["apigw-requestid"]
    assert [event["message"] for event in events] == [f"{request_id} 200"]
    changed = json.loads(json.dumps(_RESOURCES))
    changed["Route"]["Properties"]["AuthorizationType"] = "AWS_IAM"
    assert lab.update(changed, Outputs=outputs) == "UPDATE_COMPLETE"
    assert _call(full_cloud, url).status == 403
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.client("apigatewayv2").get_apis()["Items"] == []
