"""Resources that malformed calls may meet."""

from __future__ import annotations

import json

from localcloud.testing import LocalCloud
from tests.fidelity.malformed import ACCOUNT, REGION, Resources


def create(cloud: LocalCloud) -> Resources:
    """One resource of most kinds."""
    ec2, kms = cloud.client("ec2", REGION), cloud.client("kms", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    queue = cloud.client("sqs", REGION).create_queue(QueueName="queue")["QueueUrl"]
    topic = cloud.client("sns", REGION).create_topic(Name="topic")["TopicArn"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/key", TargetKeyId=key)
    cloud.client("logs", REGION).create_log_group(logGroupName="group")
    cloud.client("logs", REGION).create_log_stream(logGroupName="group", logStreamName="stream")
    cloud.client("s3", REGION).create_bucket(Bucket="bucket")
    cloud.client("s3", REGION).put_object(Bucket="bucket", Key="key", Body=b"body")
    cloud.client("secretsmanager", REGION).create_secret(Name="secret", SecretString="s")
    cloud.client("ssm", REGION).put_parameter(Name="parameter", Value="v", Type="String")
    cloud.client("events", REGION).put_rule(Name="rule", EventPattern='{"source": ["a"]}')
    cloud.client("dynamodb", REGION).create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = cloud.client("iam", REGION).create_role(RoleName="r", AssumeRolePolicyDocument=_trust())
    api = cloud.client("apigateway", REGION).create_rest_api(name="api")["id"]
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
    return Resources(
        {
            "VpcId": [vpc], "VPCId": [vpc], "SubnetId": [subnet], "RouteTableId": [table],
            "GroupId": [group], "SecurityGroupId": [group], "InternetGatewayId": [gateway],
            "VpcEndpointId": [endpoint["VpcEndpoint"]["VpcEndpointId"]],
            "ResourceId": [vpc, "parameter", key],
            "Resource": [vpc, group], "QueueUrl": [queue], "QueueName": ["queue"],
            "TopicArn": [topic], "TargetArn": [topic], "KeyId": [key, "alias/key"],
            "TargetKeyId": [key], "AliasName": ["alias/key"], "LogGroupName": ["group"],
            "LogStreamName": ["stream"], "Bucket": ["bucket"], "Key": ["key", "k"],
            "SecretId": ["secret"], "Rule": ["rule"],
            "Name": ["parameter", "rule", "api", "machine"],
            "TableName": ["table"], "AttributeName": ["k"], "RoleName": ["r"],
            "RoleArn": [role["Role"]["Arn"]], "RestApiId": [api], "HostedZoneId": [zone],
            "Id": [zone, "1"], "StateMachineArn": [machine],
            "ResourceARN": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule", topic],
            "ResourceArn": [topic, machine, f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:group"],
            "CopySource": ["bucket/key", "bucket"], "PolicyDocument": [_trust(), "{}"],
            "Protocol": ["sqs", "lambda", "https"],
            "Endpoint": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"],
            "Type": ["A", "String", "SecureString"], "DBInstanceIdentifier": ["d"],
        }
    )  # fmt: skip


_DEFINITION = json.dumps(
    {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}
)


def _trust() -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
