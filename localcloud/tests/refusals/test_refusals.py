"""What AWS refuses when it is put, the local cloud refuses under the same name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.handlers import validate_bucket_name

from localcloud import dns, dynamodb, iam, lambda_, put_rules, s3, ses, ssm
from localcloud.arc import install as install_arc
from localcloud.clock import ScaledClock
from localcloud.cloud import Cloud, new_cloud
from localcloud.settings import Settings

CASES = Path(__file__).parent / "cases"
SERVICES = [file.stem for file in sorted(CASES.iterdir())]
ACCOUNT = "123456789012"


def _cases() -> list[Any]:
    return [
        pytest.param(service, case, id=f"{service}: {case['claim']}")
        for service in SERVICES
        for case in json.loads((CASES / f"{service}.json").read_text())
    ]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
        # The client's own checks would keep wrong calls from the cloud.
        config = Config(retries={"max_attempts": 0}, parameter_validation=False)
        patch.setattr("localcloud.gateway.clients._CONFIG", config)
        cloud = new_cloud(Settings(tmp_path_factory.mktemp("cloud")), ScaledClock(0.0))
        for install in (iam.install, install_arc, dns.install, dynamodb.install, lambda_.install):
            install(cloud)
        for install in (s3.install, put_rules.install, ses.install, ssm.install):
            install(cloud)
        yield cloud
        cloud.close()


@pytest.fixture(scope="module")
def names(cloud: Cloud) -> dict[str, str]:
    """What the cases are about; the values of placeholders such as ``$VPC``."""
    client = partial(cloud.clients.client, region="us-east-1")
    _fill_iam(client("iam"))
    _fill_s3(client("s3"))
    _fill_dynamodb(client("dynamodb"))
    _fill_lambda(client("lambda"))
    return {**_fill_route53(client("ec2"), client("route53")), **_fill_others(client)}


@pytest.mark.parametrize(("service", "case"), _cases())
def test_what_aws_refuses_is_refused(
    cloud: Cloud, names: dict[str, str], service: str, case: dict[str, Any]
) -> None:
    client = cloud.clients.client(service, case.get("region", "us-east-1"))
    client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)

    with pytest.raises(ClientError) as error:
        getattr(client, case["operation"])(**_expanded(case["parameters"], names))

    assert error.value.response["Error"]["Code"] == case["code"]
    assert case.get("words", "") in error.value.response["Error"]["Message"]


def _expanded(value: Any, names: dict[str, str]) -> Any:
    """The parameters that a case stands for.

    ``x{9}`` is nine times x, a list of ``{"$times": 9}`` and an item nine such items, in which
    ``$n`` counts, and an object that is a policy is its text.
    """
    if isinstance(value, str):
        for name, actual in names.items():
            value = value.replace(name, actual)
        return re.sub(r"(\w)\{(\d+)\}", lambda match: match[1] * int(match[2]), value)
    if isinstance(value, list) and value and isinstance(value[0], dict) and "$times" in value[0]:
        count, item = value[0]["$times"], value[1]
        return [_expanded(item, {**names, "$n": str(number)}) for number in range(count)]
    if isinstance(value, list):
        return [_expanded(item, names) for item in value]
    if isinstance(value, dict):
        expanded = {name: _expanded(item, names) for name, item in value.items()}
        return json.dumps(expanded) if "Statement" in value or "Version" in value else expanded
    return value


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})


READ = _policy(Action="s3:GetObject", Resource="*")
STEP = {"name": "step", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
RUNBOOK = {"schemaVersion": "0.3", "mainSteps": [STEP]}
TRUST = _policy(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})


def _fill_iam(iam_client: Any) -> None:
    for role in ("r", "full"):
        iam_client.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
    iam_client.create_role(
        RoleName="replicator", AssumeRolePolicyDocument=TRUST.replace("lambda", "s3")
    )
    for number in range(11):
        iam_client.create_policy(PolicyName=f"p{number}", PolicyDocument=READ)
    for number in range(10):
        arn = f"arn:aws:iam::{ACCOUNT}:policy/p{number}"
        iam_client.attach_role_policy(RoleName="full", PolicyArn=arn)
    iam_client.create_policy(PolicyName="v", PolicyDocument=READ)
    for _ in range(4):
        versioned = f"arn:aws:iam::{ACCOUNT}:policy/v"
        iam_client.create_policy_version(PolicyArn=versioned, PolicyDocument=READ)
    for user in ("u", "keys"):
        iam_client.create_user(UserName=user)
    for _ in range(2):
        iam_client.create_access_key(UserName="keys")


def _fill_s3(s3_client: Any) -> None:
    for bucket in ("bucket", "plain", "replicated", "replica"):
        s3_client.create_bucket(Bucket=bucket)
    s3_client.put_object(Bucket="bucket", Key="k", Body=b"x")
    for bucket in ("replicated", "replica"):
        s3_client.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    rule = {"ID": "a", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""}}
    rule |= {"DeleteMarkerReplication": {"Status": "Disabled"}}
    rule |= {"Destination": {"Bucket": "arn:aws:s3:::replica"}}
    s3_client.put_bucket_replication(
        Bucket="replicated",
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replicator",
            "Rules": [rule],
        },
    )


def _fill_dynamodb(client: Any) -> None:
    shape = {
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for table in ("tab", "protected", "with-ttl"):
        client.create_table(
            TableName=table, DeletionProtectionEnabled=table == "protected", **shape
        )
    ttl = {"Enabled": True, "AttributeName": "t"}
    client.update_time_to_live(TableName="with-ttl", TimeToLiveSpecification=ttl)


def _fill_lambda(client: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "def handler(event, context): ...")
    for name in ("f", "bare"):
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/r",
            Code={"ZipFile": archive.getvalue()},
        )
    client.add_permission(
        FunctionName="f",
        StatementId="there",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )


def _fill_others(client: Any) -> dict[str, str]:
    kms, ec2 = client("kms"), client("ec2")
    disabled = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=disabled)
    client("logs").create_log_group(logGroupName="group")
    client("ssm").create_document(
        Name="document", Content=json.dumps(RUNBOOK), DocumentType="Automation"
    )
    return {
        "$QUEUE": client("sqs").create_queue(QueueName="queue")["QueueUrl"],
        "$KEY": kms.create_key()["KeyMetadata"]["KeyId"],
        "$DISABLED": disabled,
        "$GROUP": ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"],
        "$TABLE": ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"],
    }


def _fill_route53(ec2: Any, route53: Any) -> dict[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = route53.create_hosted_zone(
        Name="zone.test",
        CallerReference="zone",
        VPC={"VPCRegion": "us-east-1", "VPCId": vpc},
    )["HostedZone"]["Id"]
    record = {"Name": "there.zone.test", "Type": "A", "TTL": 60}
    values = {"ResourceRecords": [{"Value": "1.2.3.4"}]}
    change = {"Action": "CREATE", "ResourceRecordSet": {**record, **values}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    return {"$VPC": vpc, "$ZONE": zone.removeprefix("/hostedzone/")}
