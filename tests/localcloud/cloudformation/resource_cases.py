"""A resource of each type: as it is made, and as it is after a change in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "a", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
OPEN_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ASL = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "${Word}", "End": true}}}'
ALARM = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": "1",
}
DASHBOARD = '{"widgets": []}'


@dataclass(frozen=True)
class Case:
    """``ref`` and ``attributes`` are patterns of what Ref and GetAtt give."""

    kind: str
    properties: dict[str, Any]
    change: dict[str, Any]
    ref: str
    attributes: dict[str, str] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)  # other resources


ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST},
}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
SUBNET = {
    "Type": "AWS::EC2::Subnet",
    "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
}
ROUTES = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "bucket-b"}}
ZONE = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.internal"}}
FUNCTION = {
    "FunctionName": "f",
    "Runtime": "python3.13",
    "Handler": "index.handler",
    "Role": {"Fn::GetAtt": "Role.Arn"},
    "Code": {"ZipFile": "def handler(event, context): return 1"},
}
API = {
    "Name": "a",
    "Body": {
        "openapi": "3.0.1",
        "info": {"title": "a", "version": "1"},
        "paths": {
            "/x": {
                "get": {
                    "responses": {"200": {"description": "ok"}},
                    "x-amazon-apigateway-integration": {
                        "type": "aws_proxy",
                        "httpMethod": "POST",
                        "uri": "arn:aws:apigateway:us-east-1:lambda:path/x",
                    },
                }
            }
        },
    },
}
REST_API = {"Type": "AWS::ApiGateway::RestApi", "Properties": API}
DEPLOYMENT = {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}}
TABLE = {
    "TableName": "t",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
}
STREAM = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}

CASES = [
    Case(
        "AWS::S3::Bucket",
        {"BucketName": "bucket-b", "VersioningConfiguration": {"Status": "Enabled"}},
        {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [{"Status": "Enabled", "Prefix": "work/", "ExpirationInDays": 7}]
            },
            "Tags": [{"Key": "k", "Value": "v"}],
        },
        "bucket-b",
        {
            "Arn": "arn:aws:s3:::bucket-b",
            "RegionalDomainName": r"bucket-b\.s3\.us-east-1\.amazonaws\.com",
        },
    ),
    Case(
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": POLICY},
        {"PolicyDocument": OPEN_POLICY},
        "bucket-b",
        needs={"Bucket": BUCKET},
    ),
    Case(
        "AWS::IAM::Role",
        {"RoleName": "x", "AssumeRolePolicyDocument": TRUST},
        {"Policies": [{"PolicyName": "p", "PolicyDocument": POLICY}], "MaxSessionDuration": 7200},
        "x",
        {"Arn": f"arn:aws:iam::{ACCOUNT}:role/x", "RoleId": "AROA.+"},
    ),
    Case(
        "AWS::IAM::Policy",
        {"PolicyName": "p", "PolicyDocument": POLICY, "Roles": [{"Ref": "Role"}]},
        {"PolicyDocument": {**POLICY, "Id": "x"}},
        "app-It-.+",
        needs={"Role": ROLE},
    ),
    Case(
        "AWS::IAM::ManagedPolicy",
        {"ManagedPolicyName": "p", "PolicyDocument": OPEN_POLICY},
        {"Roles": [{"Ref": "Role"}]},
        f"arn:aws:iam::{ACCOUNT}:policy/p",
        needs={"Role": ROLE},
    ),
    Case(
        "AWS::Lambda::Function",
        FUNCTION,
        {
            "Timeout": 9,
            "Environment": {"Variables": {"NAME": "1"}},
            "Code": {"ZipFile": "def handler(event, context): return 2"},
        },
        "f",
        {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"},
        {"Role": ROLE},
    ),
    Case(
        "AWS::Lambda::EventInvokeConfig",
        {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 1},
        {"MaximumRetryAttempts": 2},
        "app-It-.+",
        needs={"Role": ROLE, "F": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION}},
    ),
    Case(
        "AWS::ApiGateway::RestApi",
        API,
        {"Description": "d"},
        "[a-z0-9]{10}",
        {"RootResourceId": "[a-z0-9]+"},
    ),
    Case(
        "AWS::ApiGateway::Stage",
        {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployment"}, "StageName": "v1"},
        {
            "AccessLogSetting": {"DestinationArn": "arn:aws:logs:x", "Format": "f"},
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": True},
            ],
        },
        "v1",
        needs={"Api": REST_API, "Deployment": DEPLOYMENT},
    ),
    Case(
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "m",
            "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            "DefinitionString": ASL,
            "DefinitionSubstitutions": {"Word": "one"},
        },
        {"DefinitionSubstitutions": {"Word": "two"}},
        f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m",
        {"Name": "m"},
        {"Role": ROLE},
    ),
    Case(
        "AWS::DynamoDB::Table",
        TABLE,
        {"DeletionProtectionEnabled": False, "StreamSpecification": STREAM, **RECOVERY},
        "t",
        {"Arn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"},
    ),
    Case(
        "AWS::DynamoDB::GlobalTable",
        {**TABLE, "StreamSpecification": STREAM, "Replicas": [{"Region": "us-east-1"}]},
        {"Replicas": [{"Region": "us-east-1", **RECOVERY}, {"Region": "us-west-2"}]},
        "t",
        {"StreamArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t/stream/.+"},
    ),
    Case(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.0.0.0/16"},
        {"EnableDnsHostnames": True, "Tags": [{"Key": "Name", "Value": "x"}]},
        "vpc-[0-9a-f]+",
        {"DefaultSecurityGroup": "sg-[0-9a-f]+", "CidrBlock": "10.0.0.0/16"},
    ),
    Case(
        "AWS::EC2::SecurityGroup",
        {
            "GroupDescription": "d",
            "VpcId": {"Ref": "Vpc"},
            "SecurityGroupEgress": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
            ],
        },
        {
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"}
            ]
        },
        "sg-[0-9a-f]+",
        {"GroupId": "sg-[0-9a-f]+"},
        {"Vpc": VPC},
    ),
    Case(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcId": {"Ref": "Vpc"},
            "VpcEndpointType": "Gateway",
            "ServiceName": "com.amazonaws.us-east-1.s3",
        },
        {"RouteTableIds": [{"Ref": "Routes"}], "PolicyDocument": POLICY},
        "vpce-[0-9a-f]+",
        needs={"Vpc": VPC, "Routes": ROUTES},
    ),
    Case(
        "AWS::EC2::SubnetRouteTableAssociation",
        {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Routes"}},
        {},
        "rtbassoc-[0-9a-f]+",
        needs={"Vpc": VPC, "Subnet": SUBNET, "Routes": ROUTES},
    ),
    Case(
        "AWS::Logs::LogGroup",
        {"LogGroupName": "/g"},
        {"RetentionInDays": 7},
        "/g",
        {"Arn": rf"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g:\*"},
    ),
    Case(
        "AWS::SNS::Topic",
        {"TopicName": "x"},
        {"DisplayName": "d"},
        f"arn:aws:sns:us-east-1:{ACCOUNT}:x",
        {"TopicName": "x"},
    ),
    Case(
        "AWS::SNS::Subscription",
        {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@example.com"},
        {"FilterPolicy": {"a": ["b"]}},
        f"arn:aws:sns:us-east-1:{ACCOUNT}:t:.+",
        needs={"Topic": TOPIC},
    ),
    Case(
        "AWS::SNS::TopicPolicy",
        {"Topics": [{"Ref": "Topic"}], "PolicyDocument": POLICY},
        {"PolicyDocument": {**POLICY, "Id": "x"}},
        "app-It-.+",
        needs={"Topic": TOPIC},
    ),
    Case(
        "AWS::SQS::Queue",
        {"QueueName": "x"},
        {"VisibilityTimeout": 5, "Tags": [{"Key": "k", "Value": "v"}]},
        f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/x",
        {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:x", "QueueName": "x"},
    ),
    Case(
        "AWS::SQS::QueuePolicy",
        {
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": {
                **POLICY,
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "sqs:*",
                        "Resource": {"Fn::GetAtt": "Queue.Arn"},
                    }
                ],
            },
        },
        {},
        "app-It-.+",
        needs={"Queue": QUEUE},
    ),
    Case(
        "AWS::CloudWatch::Alarm",
        ALARM,
        {"Threshold": 2},
        "a",
        {"Arn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"},
    ),
    Case(
        "AWS::CloudWatch::Dashboard",
        {"DashboardName": "d", "DashboardBody": DASHBOARD},
        {"DashboardBody": DASHBOARD + " "},
        "d",
    ),
    Case(
        "AWS::Events::Rule",
        {"Name": "x", "ScheduleExpression": "rate(5 minutes)"},
        {"Targets": [{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}]},
        "x",
        {"Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/x"},
    ),
    Case(
        "AWS::Route53::HostedZone",
        {"Name": "example.internal"},
        {"HostedZoneTags": [{"Key": "k", "Value": "v"}]},
        "[0-9A-Z]+",
        {"Id": "[0-9A-Z]+"},
    ),
    Case(
        "AWS::Route53::RecordSet",
        {
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "a.example.internal",
            "Type": "TXT",
            "TTL": "60",
            "ResourceRecords": ['"x"'],
        },
        {"ResourceRecords": ['"y"']},
        "a.example.internal",
        needs={"Zone": ZONE},
    ),
    Case(
        "AWS::Route53::HealthCheck",
        {
            "HealthCheckConfig": {
                "Type": "HTTP",
                "FullyQualifiedDomainName": "a.example.com",
                "Port": 80,
            }
        },
        {"HealthCheckTags": [{"Key": "Name", "Value": "x"}]},
        "[0-9a-f-]{36}",
    ),
    Case(
        "AWS::KMS::Key",
        {"KeyPolicy": POLICY, "PendingWindowInDays": 7},
        {"EnableKeyRotation": True, "Description": "d"},
        "[0-9a-f-]{36}",
        {"Arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/.+"},
    ),
    Case("AWS::SES::EmailIdentity", {"EmailIdentity": "a@example.com"}, {}, "a@example.com"),
    Case(
        "AWS::SSM::Parameter",
        {"Name": "/p", "Type": "String", "Value": "1"},
        {"Value": "2"},
        "/p",
        {"Value": "[12]"},
    ),
    Case(
        "AWS::SSM::Document",
        {
            "Name": "doc",
            "DocumentType": "Automation",
            "UpdateMethod": "NewVersion",
            "Content": {"schemaVersion": "0.3", "description": "1", "mainSteps": []},
        },
        {"Content": {"schemaVersion": "0.3", "description": "2", "mainSteps": []}},
        "doc",
    ),
    Case(
        "AWS::FIS::ExperimentTemplate",
        {
            "Description": "d",
            "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            "StopConditions": [{"Source": "none"}],
            "Targets": {"S": {"ResourceType": "aws:ec2:subnet", "SelectionMode": "ALL"}},
            "Actions": {
                "A": {
                    "ActionId": "aws:network:disrupt-connectivity",
                    "Parameters": {"duration": "PT1M", "scope": "s3"},
                    "Targets": {"Subnets": "S"},
                }
            },
            "Tags": {"Name": "x"},
        },
        {},
        "[0-9A-Za-z]+",
        needs={"Role": ROLE},
    ),
    Case(
        "AWS::SecretsManager::Secret",
        {"Name": "s", "SecretString": "1"},
        {"SecretString": "2"},
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s-.+",
    ),
]
