"""Least privilege, checked in the transformed templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.templates.loading import ALL, resources, transformed_template, walk

BATCH = "templates/batch.yaml"

# (resource, first action) of each statement that allows something on every resource, and why.
EVERY_RESOURCE = {
    ("InPrivateSubnets", "ec2:CreateNetworkInterface"): "the interfaces do not exist yet",
    ("MainOrchestratorRole", "logs:CreateLogDelivery"): "log deliveries have no resource",
    ("ChunkProcessorRole", "logs:CreateLogDelivery"): "log deliveries have no resource",
    ("ExperimentRole", "ec2:DescribeVpcs"): "the Describe actions have no resource",
    ("OperatorsKey", "kms:*"): "in the policy of a key, * is this key",
    ("OperatorsKey", "kms:GenerateDataKey*"): "in the policy of a key, * is this key",
}
# The same for statements that allow every action of a service on named resources.
EVERY_ACTION = {
    ("OperatorsKey", "kms:*"): "lets the policies of this account decide",
    ("S3Endpoint", "s3:*"): "an endpoint narrows what roles allow; it grants nothing",
    ("DynamoDbEndpoint", "dynamodb:*"): "the same",
}


@pytest.mark.parametrize("template", ALL)
def test_a_permission_on_every_resource_has_its_reason(template: str) -> None:
    statements = {
        (logical_id, _actions(statement)[0])
        for logical_id, statement in _allowed(template)
        if "*" in _resources(statement)
    }
    assert statements <= set(EVERY_RESOURCE)


@pytest.mark.parametrize("template", ALL)
def test_no_permission_is_for_every_action_of_a_service(template: str) -> None:
    actions = {
        (logical_id, action)
        for logical_id, statement in _allowed(template)
        for action in _actions(statement)
        if action == "*" or action.endswith(":*")
    }
    assert actions <= set(EVERY_ACTION)


def test_the_list_of_exceptions_has_no_leftovers() -> None:
    all_ids = {
        logical_id for template in ALL for logical_id in transformed_template(template)["Resources"]
    }
    assert {logical_id for logical_id, _ in EVERY_RESOURCE | EVERY_ACTION} <= all_ids


@pytest.mark.parametrize("template", ALL)
def test_no_permission_is_for_another_bucket_than_ours(template: str) -> None:
    for _, statement in _allowed(template):
        for resource in _resources(statement):
            text = str(resource)
            assert ":s3:::" not in text or ":s3:::batch-${AWS::AccountId}-" in text


def test_no_role_may_write_an_item_of_another_region() -> None:
    """The partition key of an item begins with the Region that writes it, for life.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    own_items = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": {"Fn::Sub": "${AWS::Region}/*"}}
    }
    own_notes = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": {"Fn::Sub": "${AWS::Region}/notes"}}
    }
    own_slots = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": {"Fn::Sub": "${AWS::Region}/slots"}}
    }
    writers = set()
    for template in ALL:
        for logical_id, statement in _allowed(template):
            is_of_state = "table/batch-state${Env}" in str(_resources(statement))
            if (
                not is_of_state or "Principal" in statement
            ):  # the policy of an endpoint grants nothing
                continue
            reads = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
            writes = set(_actions(statement)) - reads
            # another action, such as a batch or PartiQL, has keys that the condition may not see
            assert writes <= {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
            if writes:
                assert statement["Condition"] in (own_items, own_notes, own_slots), logical_id
                writers.add(logical_id)
    assert writers == {
        "ChunkProcessorRole",
        "TriggerRole",
        "EmailerRole",
        "FailoverRole",
        "MainOrchestratorRole",
        "ReadinessRole",
        "ReconcilerRole",
        "WatcherRole",
    }


def test_the_reconciler_lists_no_versions_and_describes_no_execution() -> None:
    actions = {
        action
        for logical_id, statement in _allowed("templates/failover.yaml")
        if logical_id == "ReconcilerRole"
        for action in _actions(statement)
    }
    assert not actions & {"s3:ListBucketVersions", "states:DescribeExecution"}
    assert "states:ListExecutions" in actions


@pytest.mark.parametrize("template", ALL)
def test_no_role_may_use_iam_and_no_key_is_kept(template: str) -> None:
    actions = {action for _, item in _allowed(template) for action in _actions(item)}
    assert not [action for action in actions if action.startswith("iam:")]
    kinds = {item["Type"] for item in transformed_template(template)["Resources"].values()}
    forbidden = {"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::SecretsManager::Secret"}
    assert not kinds & forbidden


@pytest.mark.parametrize("template", ALL)
def test_no_role_has_a_policy_that_aws_manages(template: str) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        for managed in role.get("ManagedPolicyArns", []):
            assert managed in ({"Ref": "InPrivateSubnets"}, {"Ref": "NetworkPolicyArn"})


@pytest.mark.parametrize("template", ALL)
def test_no_role_has_a_name_because_iam_is_global_and_two_regions_would_collide(
    template: str,
) -> None:
    for kind in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
        for properties in resources(template, kind).values():
            assert not {"RoleName", "ManagedPolicyName"} & set(properties)


@pytest.mark.parametrize(
    ("kind", "sid"),
    [
        ("AWS::SQS::QueuePolicy", "OnlyOverTls"),
        ("AWS::SNS::TopicPolicy", "OnlyOverTls"),
    ],
)
def test_queues_and_topics_refuse_requests_without_tls(kind: str, sid: str) -> None:
    for policy in resources(BATCH, kind).values():
        statements = policy["PolicyDocument"]["Statement"]
        (denied,) = [statement for statement in statements if statement["Sid"] == sid]
        assert denied["Effect"] == "Deny"
        assert denied["Principal"] == "*"
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_queue_has_a_policy() -> None:
    policies = resources(BATCH, "AWS::SQS::QueuePolicy").values()
    queues = {queue["Ref"] for policy in policies for queue in policy["Queues"]}
    assert queues == set(resources(BATCH, "AWS::SQS::Queue"))


def test_topic_and_queues_are_encrypted() -> None:
    (topic,) = resources(BATCH, "AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == {"Ref": "OperatorsKey"}
    for queue in resources(BATCH, "AWS::SQS::Queue").values():
        assert queue["SqsManagedSseEnabled"] is True


def test_the_emailer_may_send_with_a_domain_as_recipient_and_a_default_configuration_set() -> None:
    """SES checks all of them, each as a resource: https://github.com/aws/aws-cdk/issues/34402"""
    role = resources(BATCH, "AWS::IAM::Role")["EmailerRole"]
    statements = [
        statement
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    (sending,) = [one for one in statements if "ses:SendEmail" in one["Action"]]
    assert sending["Action"] == ["ses:SendEmail", "ses:SendRawEmail"]
    texts = [str(resource) for resource in sending["Resource"]]
    for part in ("${SesIdentity}", "${Sender}", "${Recipient}", "configuration-set/*"):
        assert any(part in text for text in texts), part
    (domain,) = [text for text in texts if "Fn::Split" in text]
    assert "identity/${Domain}" in domain


def test_only_the_rule_may_invoke_the_emailer() -> None:
    permissions = resources(BATCH, "AWS::Lambda::Permission").values()
    (by_rule,) = [item for item in permissions if item["FunctionName"] == {"Ref": "Emailer"}]
    assert by_rule["Principal"] == "events.amazonaws.com"
    assert by_rule["SourceArn"] == {"Fn::GetAtt": ["RunsEndedBadly", "Arn"]}


@pytest.mark.parametrize(
    ("function", "schedule"),
    [
        ("Watcher", "WatchSchedule"),
        ("Readiness", "ReadinessSchedule"),
        ("Failover", "LookAtRoutingControls"),
    ],
)
def test_only_its_schedule_may_invoke_a_function_that_has_one(function: str, schedule: str) -> None:
    permissions = resources("templates/failover.yaml", "AWS::Lambda::Permission").values()
    (source,) = [
        permission["SourceArn"]
        for permission in permissions
        if permission["FunctionName"] == {"Ref": function}
    ]
    assert source == {"Fn::GetAtt": [schedule, "Arn"]}


def test_the_watcher_begins_nothing() -> None:
    actions = {
        action
        for logical_id, statement in _allowed("templates/failover.yaml")
        if logical_id == "WatcherRole"
        for action in _actions(statement)
    }
    assert not actions & {"s3:PutObject", "states:StartExecution", "dynamodb:UpdateItem"}


def test_only_the_bucket_of_this_account_may_invoke_the_trigger() -> None:
    permissions = resources(BATCH, "AWS::Lambda::Permission").values()
    (by_s3,) = [item for item in permissions if item["Principal"] == "s3.amazonaws.com"]
    assert by_s3["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "batch-${AWS::AccountId}-${AWS::Region}${Env}" in str(by_s3["SourceArn"])


def test_the_api_requires_a_signature_and_calls_the_function_as_itself() -> None:
    """An HTTP API has no resource policy, so no other account can be let in."""
    (route,) = resources(BATCH, "AWS::ApiGatewayV2::Route").values()
    assert (route["RouteKey"], route["AuthorizationType"]) == ("POST /records", "AWS_IAM")
    (integration,) = resources(BATCH, "AWS::ApiGatewayV2::Integration").values()
    # otherwise API Gateway would call the function with a role, or the caller's credentials
    assert "CredentialsArn" not in integration
    permissions = resources(BATCH, "AWS::Lambda::Permission").values()
    (by_api,) = [item for item in permissions if item["FunctionName"] == {"Ref": "Enricher"}]
    assert by_api["Principal"] == "apigateway.amazonaws.com"
    assert "${RecordsHttpApi}/v1/POST/records" in str(by_api["SourceArn"])


def test_state_machines_log_no_data() -> None:
    for machine in resources(BATCH, "AWS::StepFunctions::StateMachine").values():
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_access_logs_hold_no_bodies() -> None:
    (stage,) = resources(BATCH, "AWS::ApiGatewayV2::Stage").values()
    assert "body" not in stage["AccessLogSettings"]["Format"].lower()


def _allowed(template: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Allow statement of a policy that is not about who may assume a role."""
    for logical_id, resource in transformed_template(template)["Resources"].items():
        for value in walk(resource.get("Properties", {})):
            if isinstance(value, dict) and value.get("Effect") == "Allow" and "Resource" in value:
                yield logical_id, value


def _actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]


def _resources(statement: dict[str, Any]) -> list[Any]:
    resource = statement["Resource"]
    return resource if isinstance(resource, list) else [resource]
