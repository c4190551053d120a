"""Resources that malformed calls may meet."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from localcloud.testing import LocalCloud
from tests.fidelity.malformed import ACCOUNT, REGION, Resources


def create(cloud: LocalCloud) -> Resources:
    """One resource of most kinds."""
    ec2, kms = cloud.client("ec2", REGION), cloud.client("kms", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    queue = cloud.client("sqs", REGION).create_queue(QueueName="queue")["QueueUrl"]
    topic = cloud.client("sns", REGION).create_topic(Name="topic")["TopicArn"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/key", TargetKeyId=key)
    cloud.client("logs", REGION).create_log_group(logGroupName="group")
    cloud.client("logs", REGION).create_log_stream(logGroupName="group", logStreamName="stream")
    cloud.client("s3", REGION).create_bucket(Bucket="bucket")
    cloud.client("s3", REGION).put_object(Bucket="bucket", Key="key", Body=b"body")
    cloud.client("events", REGION).put_rule(Name="rule", EventPattern='{"source": ["a"]}')
    cloud.client("dynamodb", REGION).create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = cloud.client("iam", REGION).create_role(RoleName="r", AssumeRolePolicyDocument=_trust())
    apis = cloud.client("apigatewayv2", REGION)
    api = apis.create_api(Name="api", ProtocolType="HTTP")["ApiId"]
    zone = (
        cloud.client("route53", REGION)
        .create_hosted_zone(
            Name="zone.internal",
            CallerReference="zone",
            VPC={"VPCRegion": REGION, "VPCId": vpc},
        )["HostedZone"]["Id"]
        .rsplit("/", 1)[-1]
    )
    machine = cloud.client("stepfunctions", REGION).create_state_machine(
        name="machine", roleArn=role["Role"]["Arn"], definition=_DEFINITION
    )["stateMachineArn"]
    clusters = _clusters(cloud.client("route53-recovery-control-config", "us-west-2"))
    _stack(cloud.client("cloudformation", REGION))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "def handler(event, context): ...")
    cloud.client("lambda", REGION).create_function(
        FunctionName="function", Runtime="python3.13", Handler="app.handler",
        Role=role["Role"]["Arn"], Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    cloud.client("ssm", REGION).create_document(
        Name="runbook", DocumentType="Automation", Content=json.dumps(_RUNBOOK)
    )
    return Resources(
        {
            **clusters,
            "StackName": ["stack"], "ChangeSetName": ["stack"], "FunctionName": ["function"],
            "TemplateBody": _TEMPLATES, "DocumentName": ["runbook"],
            "Content": [json.dumps(_RUNBOOK), "{}", '{"schemaVersion": "0.3", "mainSteps": 1}'],
            "Definition": [_DEFINITION, "{}", "[]", '{"QueryLanguage": "JSONata", "States": 1}'],
            "VpcId": [vpc], "VPCId": [vpc], "SubnetId": [subnet], "RouteTableId": [table],
            "GroupId": [group], "SecurityGroupId": [group],
            "VpcEndpointId": [endpoint["VpcEndpoint"]["VpcEndpointId"]],
            "ResourceId": [vpc, "runbook", key],
            "Resource": [vpc, group], "QueueUrl": [queue], "QueueName": ["queue"],
            "TopicArn": [topic], "TargetArn": [topic], "KeyId": [key, "alias/key"],
            "TargetKeyId": [key], "AliasName": ["alias/key"], "LogGroupName": ["group"],
            "LogStreamName": ["stream"], "Bucket": ["bucket"], "Key": ["key", "k"],
            "Rule": ["rule"], "Name": ["rule", "api", "machine"],
            "TableName": ["table"], "AttributeName": ["k"], "RoleName": ["r"],
            "RoleArn": [role["Role"]["Arn"]], "ApiId": [api], "HostedZoneId": [zone],
            "Id": [zone, "1"], "StateMachineArn": [machine],
            "ResourceARN": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule", topic],
            "ResourceArn": [topic, machine, f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:group"],
            "CopySource": ["bucket/key", "bucket"], "PolicyDocument": [_trust(), "{}"],
            "Protocol": ["email", "sqs", "https"],
            "Endpoint": ["a@example.com"],
            "Type": ["A", "String"], "DBInstanceIdentifier": ["d"],
        }
    )  # fmt: skip


def _clusters(arc: Any) -> dict[str, list[str]]:
    cluster = arc.create_cluster(ClusterName="cluster")["Cluster"]["ClusterArn"]
    arc.get_waiter("cluster_created").wait(ClusterArn=cluster, WaiterConfig=_OFTEN)
    panel = arc.list_control_panels(ClusterArn=cluster)["ControlPanels"][0]["ControlPanelArn"]
    control = arc.create_routing_control(
        ClusterArn=cluster, ControlPanelArn=panel, RoutingControlName="control"
    )["RoutingControl"]["RoutingControlArn"]
    return {
        "ClusterArn": [cluster], "ControlPanelArn": [panel], "RoutingControlArn": [control],
        "ControlPanelName": ["DefaultControlPanel", "panel"],
    }  # fmt: skip


def _stack(cloudformation: Any) -> None:
    cloudformation.create_stack(StackName="stack", TemplateBody=_TEMPLATES[0])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="stack", WaiterConfig=_OFTEN)


_OFTEN = {"Delay": 0.05, "MaxAttempts": 200}
_TEMPLATES = [
    json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
    "Resources: []",
    "Resources: {A: 1}",
    "Resources: {A: {Type: AWS::SNS::Topic, Properties: [1]}}",
    "Resources: {A: {Type: AWS::SNS::Topic, DependsOn: A}}",
    "Resources: {A: {Type: [x]}}",
    "a: &a [*a]",
    "Parameters: x",
]
_RUNBOOK = {
    "schemaVersion": "0.3",
    "mainSteps": [{"name": "step", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
}
_DEFINITION = json.dumps(
    {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}
)


def _trust() -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
