"""The API of state machines: create, update, validate, tags."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.definitions import PASS, machine
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment, StateGate, error_of

_PASS = machine(PASS)


_FAST = machine({"A": {"Type": "Pass", "Output": 1, "End": True}})


def test_a_role_that_does_not_trust_step_functions_is_refused(env: Environment) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document = {"Statement": [{**trust, "Principal": {"Service": "lambda.amazonaws.com"}}]}
    env.client("iam").create_role(
        RoleName="other", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **document})
    )
    for role in ("other", "missing"):
        with pytest.raises(ClientError) as caught:
            env.sfn.create_state_machine(
                name="m",
                definition=json.dumps(_PASS),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            )
        assert error_of(caught) == (
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        )


def test_the_same_machine_may_be_created_again_but_no_other_of_its_name(env: Environment) -> None:
    create = env.sfn.create_state_machine
    params = {"name": "m", "definition": json.dumps(_PASS), "roleArn": env.role_arn}
    first, again = create(**params), create(**params)
    assert first["stateMachineArn"] == again["stateMachineArn"]
    with pytest.raises(ClientError) as caught:
        create(**{**params, "definition": json.dumps(_FAST)})
    assert error_of(caught)[0] == "StateMachineAlreadyExists"


def test_an_update_holds_for_executions_that_start_after_it(env: Environment) -> None:
    gate = StateGate(env, "A")
    arn = env.create(_PASS)
    before = env.sfn.start_execution(stateMachineArn=arn, input='"old"')["executionArn"]
    assert gate.reached.wait(5)
    updated = env.sfn.update_state_machine(stateMachineArn=arn, definition=json.dumps(_FAST))
    gate.open.set()
    after = env.sfn.start_execution(stateMachineArn=arn)["executionArn"]
    assert (env.wait(before)["output"], env.wait(after)["output"]) == ('"old"', "1")
    described = env.sfn.describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"]) == _FAST
    assert described["revisionId"] == updated["revisionId"]


def test_the_revision_changes_with_the_machine_only(env: Environment) -> None:
    """https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/test_sfn_api_logs.snapshot.json"""
    arn = env.create(_PASS)
    logging = {"level": "OFF", "includeExecutionData": True}

    def update(configuration: dict[str, object]) -> str:
        response = env.sfn.update_state_machine(
            stateMachineArn=arn, loggingConfiguration=configuration
        )
        return str(response["revisionId"])

    first = update(logging)
    assert update(logging) == first
    assert update({"level": "OFF", "includeExecutionData": False}) != first


def test_tags_are_added_removed_and_listed(env: Environment) -> None:
    arn = env.create(_PASS, tags=[{"key": "a", "value": "1"}])
    env.sfn.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    with pytest.raises(ClientError, match="A tag must have a key"):
        env.sfn.tag_resource(resourceArn=arn, tags=[{}])
    env.sfn.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert env.sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


def test_validation_returns_all_diagnostics(env: Environment) -> None:
    definition = machine({"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass"}})
    response = env.sfn.validate_state_machine_definition(definition=json.dumps(definition))
    assert response["result"] == "FAIL"
    assert [diagnostic["code"] for diagnostic in response["diagnostics"]] == [
        "SCHEMA_VALIDATION_FAILED",
        "MISSING_TRANSITION_TARGET",
        "MISSING_TRANSITION_TARGET",
    ]
    valid = env.sfn.validate_state_machine_definition(definition=json.dumps(_PASS))
    assert (valid["result"], valid["diagnostics"]) == ("OK", [])


def test_operations_that_are_not_emulated_are_refused(env: Environment) -> None:
    arn = env.create(_PASS)
    operations = {
        "publish_state_machine_version": {"stateMachineArn": arn},
        "create_activity": {"name": "a"},
        "send_task_success": {"taskToken": "t", "output": "{}"},
    }
    for name, parameters in operations.items():
        with pytest.raises(ClientError) as caught:
            getattr(env.sfn, name)(**parameters)
        assert error_of(caught)[0] == "LocalCloudNotEmulated"


def test_a_missing_machine_and_an_invalid_arn_are_refused(env: Environment) -> None:
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:none"
    with pytest.raises(ClientError) as caught:
        env.sfn.start_execution(stateMachineArn=arn)
    assert error_of(caught) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{arn}'",
    )
    with pytest.raises(ClientError) as caught:
        env.sfn.describe_state_machine(stateMachineArn="not_a_valid_arn")
    assert error_of(caught) == ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'")
    env.sfn.delete_state_machine(stateMachineArn=arn)
