"""The network and the bucket of a Region."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from common import keys
from deployment.deployer.wiring_trial import probe_keys
from tests.templates.loading import resources, state_machine, transformed_template

FOUNDATION = "templates/foundation.yaml"


def _bucket() -> dict[str, Any]:
    (bucket,) = resources(FOUNDATION, "AWS::S3::Bucket").values()
    return bucket


def test_the_bucket_keeps_every_version() -> None:
    assert _bucket()["VersioningConfiguration"] == {"Status": "Enabled"}


def test_no_part_of_the_bucket_can_be_made_public() -> None:
    block = _bucket()["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    rules = _bucket()["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_the_bucket_encrypts_with_a_key_that_replication_needs_no_grant_for() -> None:
    (rule,) = _bucket()["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_the_bucket_answers_over_tls_only() -> None:
    (policy,) = resources(FOUNDATION, "AWS::S3::BucketPolicy").values()
    statement, *_ = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Action"] == "s3:*"
    assert len(statement["Resource"]) == 2  # the bucket and its objects
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def _is_denied(key: str) -> bool:
    """Whether the bucket policy denies a PutObject without headers."""
    (policy,) = resources(FOUNDATION, "AWS::S3::BucketPolicy").values()
    (statement,) = [
        statement
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "s3:PutObject" and "Condition" not in statement
    ]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    patterns = [arn["Fn::Sub"].removeprefix("${Bucket.Arn}/") for arn in statement["NotResource"]]
    return not any(fnmatchcase(key, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    "key",
    ["orders.csv", "Input/a.csv", " input/a.csv", "/input/a.csv", "input", "inputs/a", "in/a"],
)
def test_the_bucket_refuses_an_upload_that_nobody_would_process(key: str) -> None:
    assert _is_denied(key)


def test_the_bucket_takes_every_key_that_the_system_writes() -> None:
    run, key = "a-0123456789abcdef01234567", "input/a/b.csv"
    written = [key, keys.pack(run, 0), keys.manifest(run), keys.enriched(run, 0)]
    written += [
        keys.checkpoint(run, 1),
        keys.output(run, key),
        keys.rejects(run, key),
        *probe_keys("p"),
    ]
    assert not [key for key in written if _is_denied(key)]


def test_chunks_expire_but_no_input_or_output_does() -> None:
    rules = _bucket()["LifecycleConfiguration"]["Rules"]
    assert [rule["Prefix"] for rule in rules if "ExpirationInDays" in rule] == ["work/"]


def test_replaced_versions_and_abandoned_uploads_expire() -> None:
    rules = _bucket()["LifecycleConfiguration"]["Rules"]
    replaced = {rule["Prefix"] for rule in rules if "NoncurrentVersionExpiration" in rule}
    assert replaced == {"work/", "input/", "output/"}
    (uploads,) = [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]
    assert "Prefix" not in uploads
    days = uploads["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    assert days * 86_400 > state_machine("main-orchestrator")["TimeoutSeconds"]


@pytest.mark.parametrize("parameter", ["WorkDays", "NoncurrentDays"])
def test_what_a_run_reads_outlives_the_longest_run(parameter: str) -> None:
    """An input may be replaced meanwhile; a run reads its version."""
    days = transformed_template(FOUNDATION)["Parameters"][parameter]["MinValue"]
    assert days * 86_400 > state_machine("main-orchestrator")["TimeoutSeconds"]


def test_inputs_and_outputs_replicate_and_nothing_else_does() -> None:
    condition, replication, otherwise = _bucket()["ReplicationConfiguration"]["Fn::If"]
    assert (condition, otherwise) == ("Replicates", {"Ref": "AWS::NoValue"})
    prefixes = [rule["Filter"] for rule in replication["Rules"]]
    assert prefixes == [{"Prefix": "input/"}, {"Prefix": "output/"}]


def test_replication_carries_delete_markers_in_15_minutes_and_is_measured() -> None:
    for rule in _bucket()["ReplicationConfiguration"]["Fn::If"][1]["Rules"]:
        assert rule["Status"] == "Enabled"
        assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
        destination = rule["Destination"]
        assert destination["ReplicationTime"] == {"Status": "Enabled", "Time": {"Minutes": 15}}
        assert destination["Metrics"] == {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}
        assert destination["Bucket"] == {"Ref": "PeerBucketArn"}


def test_two_replication_rules_never_have_one_priority() -> None:
    rules = _bucket()["ReplicationConfiguration"]["Fn::If"][1]["Rules"]
    assert len({rule["Priority"] for rule in rules}) == len(rules)


def test_the_replication_role_reaches_inputs_and_outputs_of_two_buckets_only() -> None:
    role = resources(FOUNDATION, "AWS::IAM::Role")["ReplicationRole"]
    (policy,) = role["Policies"]
    objects = [
        resource
        for statement in policy["PolicyDocument"]["Statement"]
        if isinstance(statement["Resource"], list)
        for resource in statement["Resource"]
    ]
    assert len(objects) == 4
    assert all(str(arn).rstrip("'}").endswith(("/input/*", "/output/*")) for arn in objects)


def test_the_trigger_is_notified_of_new_inputs_only() -> None:
    condition, notification, _ = _bucket()["NotificationConfiguration"]["Fn::If"]
    assert condition == "Notifies"
    (configuration,) = notification["LambdaConfigurations"]
    assert configuration["Event"] == "s3:ObjectCreated:*"
    assert configuration["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "input/"}]}}


def test_a_first_deployment_turns_on_neither_replication_nor_notifications() -> None:
    parameters = transformed_template(FOUNDATION)["Parameters"]
    assert parameters["PeerBucketArn"]["Default"] == ""
    assert parameters["TriggerFunctionArn"]["Default"] == ""


def test_the_vpc_resolves_private_zones() -> None:
    (vpc,) = resources(FOUNDATION, "AWS::EC2::VPC").values()
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_the_network_has_no_way_out() -> None:
    kinds = {item["Type"] for item in transformed_template(FOUNDATION)["Resources"].values()}
    assert not kinds & {
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::Route",
    }


def test_every_service_that_functions_call_has_an_endpoint() -> None:
    endpoints = resources(FOUNDATION, "AWS::EC2::VPCEndpoint").values()
    services = {
        endpoint["ServiceName"]["Fn::Sub"].rpartition(".")[2]: endpoint["VpcEndpointType"]
        for endpoint in endpoints
    }
    assert services == {
        "s3": "Gateway",
        "dynamodb": "Gateway",
        "states": "Interface",
        "email": "Interface",
        "sns": "Interface",
    }


def test_interface_endpoints_answer_to_the_usual_names_from_functions_only() -> None:
    for endpoint in resources(FOUNDATION, "AWS::EC2::VPCEndpoint").values():
        if endpoint["VpcEndpointType"] == "Interface":
            assert endpoint["PrivateDnsEnabled"] is True
            assert endpoint["SecurityGroupIds"] == [{"Ref": "EndpointSecurityGroup"}]
    group = resources(FOUNDATION, "AWS::EC2::SecurityGroup")["EndpointSecurityGroup"]
    (rule,) = group["SecurityGroupIngress"]
    assert rule["SourceSecurityGroupId"] == {"Ref": "FunctionSecurityGroup"}
