"""Automation documents: what is refused at their creation, and which version runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.ssm.conftest import REGION, Lab, invoke, sleep

YAML = """
schemaVersion: '0.3'
description: made 2024-01-01
parameters:
  Day: {type: String, default: 2024-01-01}
mainSteps:
  - name: Invoke
    action: aws:invokeLambdaFunction
    inputs:
      FunctionName: f
      Payload: '{"day": "{{ Day }}"}'
"""


def refused(lab: Lab, content: Any, **fields: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(ClientError) as error:
        lab.ssm.create_document(Name="Runbook", DocumentType="Automation", Content=text, **fields)
    details = error.value.response["Error"]
    return f"{details['Code']}: {details['Message']}"


def document(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"schemaVersion": "0.3", "mainSteps": list(steps), **fields}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "JSON not well-formed"),
        (document(sleep(), schemaVersion="2.2"), "schema version"),
        (document(), "at least one step"),
        (document(sleep(), sleep()), "Duplicate step names"),
        (document(sleep(), colour="red"), "Unknown field colour in the document"),
        (document(sleep(retries=1)), "Unknown field retries in step Sleep"),
        (document({"name": "Step", "action": "aws:sing"}), "Unknown action aws:sing"),
        (document(sleep("no spaces")), "Step name no spaces is not valid"),
        (document(sleep(duration="15 minutes")), "is no ISO 8601 Duration"),
        (document(sleep(onFailure="Retry")), "onFailure of step Sleep is not valid"),
        (document(sleep(nextStep="Gone")), "the step Gone, which does not exist"),
        (document(sleep(timeoutSeconds="soon")), "timeoutSeconds of step Sleep"),
        (document(invoke(inputs={"Speed": 1})), "Unknown input names provided. Known=[ [Client"),
        (
            document({"name": "Step", "action": "aws:invokeLambdaFunction", "inputs": {}}),
            "Required input names are missing in step Step: ['FunctionName']",
        ),
        (document(invoke(function="{{ Name }}")), 'Parameter "Name" is not declared'),
        (document(invoke(function="{{ ssm:name }}")), "The variable ssm:name"),
        (document(sleep(), outputs=["Sleep.Length"]), "an output that step Sleep has not"),
        (document(sleep(), outputs=["Gone.Payload"]), "the step Gone, which does not exist"),
        (document(sleep(), assumeRole="{{ Role }}"), 'Parameter "Role" is not declared'),
        (document(sleep(), assumeRole="role"), "The format of the supplied assume role ARN"),
        (
            document(sleep(), parameters={"a_b": {"type": "String"}}),
            'Parameter name "a_b" is not alpha-numeric.',
        ),
        (
            document(sleep(), parameters={"a": {"type": "Text"}}),
            'Parameter "a" has an invalid type: Text',
        ),
        (
            document(sleep(), parameters={"a": {"type": "String", "default": 1}}),
            'The default of parameter "a" is not of type String',
        ),
        (
            document(
                sleep(),
                parameters={"a": {"type": "String", "default": "x", "allowedPattern": "y"}},
            ),
            'The default of parameter "a" is not valid',
        ),
    ],
)
def test_a_document_that_cannot_run_is_refused(lab: Lab, content: Any, words: str) -> None:
    assert words in refused(lab, content)


@pytest.mark.parametrize("action", ["aws:executeScript", "aws:branch", "aws:executeAwsApi"])
def test_an_action_that_is_not_emulated_is_named(lab: Lab, action: str) -> None:
    step = {"name": "Step", "action": action, "inputs": {}}
    assert f"the Automation action {action}" in refused(lab, document(step))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document(invoke(outputs=[{"Name": "x", "Selector": "$.x"}])), "outputs with selectors"),
        (document(sleep(onCancel="step:Sleep")), "onCancel"),
        (document(sleep(onFailure="step:Sleep")), "onFailure that leads to a step (step Sleep)"),
        (document(invoke(function="{{ First.Payload }}")), "the reference First.Payload"),
        (document(invoke(function="{{ global:REGION }}")), "the reference global:REGION"),
        (document(invoke(inputs={"InputPayload": {}})), "InputPayload of aws:invokeLambda"),
        (
            document(
                {"name": "Step", "action": "aws:sleep", "inputs": {"Timestamp": "2030-01-01"}}
            ),
            "aws:sleep until a Timestamp",
        ),
        (document(sleep(), parameters={"a": {"type": "StringMap"}}), "parameter type StringMap"),
        (document(sleep(), parameters={"a": {"type": "Integer"}}), "parameter type Integer"),
        (document(sleep(), parameters={"a": {"type": "String", "minChars": 1}}), "minChars"),
    ],
)
def test_what_is_not_emulated_in_a_document_is_named(lab: Lab, content: Any, words: str) -> None:
    refusal = refused(lab, content)
    assert refusal.startswith("LocalCloudNotEmulated")
    assert words in refusal


def test_documents_other_than_runbooks_are_refused_by_name(lab: Lab) -> None:
    with pytest.raises(ClientError, match="does not emulate SSM documents of the type Command"):
        lab.ssm.create_document(Name="numbered", Content="-1")


def test_a_document_may_be_yaml_in_which_dates_are_texts(lab: Lab) -> None:
    lab.ssm.create_document(
        Name="Runbook", DocumentType="Automation", DocumentFormat="YAML", Content=YAML
    )
    lab.join(lab.start())
    assert lab.functions.calls == [("f", {"day": "2024-01-01"})]


def test_the_version_that_runs_is_the_one_asked_for(lab: Lab) -> None:
    lab.functions.functions["g"] = lambda _: {}
    lab.create(invoke(function="f"))
    content = json.dumps(document(invoke(function="g")))
    lab.ssm.update_document(Name="Runbook", Content=content, DocumentVersion="$LATEST")

    def ran(version: str) -> tuple[str, str]:
        execution = lab.join(lab.start(DocumentVersion=version))
        return lab.functions.calls[-1][0], execution["DocumentVersion"]

    assert ran("$DEFAULT") == ("f", "1")
    assert ran("$LATEST") == ("g", "2")
    lab.ssm.update_document_default_version(Name="Runbook", DocumentVersion="2")
    assert ran("$DEFAULT") == ("g", "2")
    assert ran("1") == ("f", "1")
    with pytest.raises(ClientError, match="AutomationDefinitionVersionNotFoundException"):
        lab.start(DocumentVersion="3")


def test_an_update_is_checked_as_a_new_document_is(lab: Lab) -> None:
    lab.create(sleep())
    with pytest.raises(ClientError, match="at least one step"):
        lab.ssm.update_document(
            Name="Runbook", Content=json.dumps(document()), DocumentVersion="$LATEST"
        )


def test_a_document_is_found_by_its_arn_and_default_version(lab: Lab) -> None:
    lab.create(sleep())
    arn = f"arn:aws:ssm:{REGION}:123456789012:document/Runbook"
    lab.join(lab.start(DocumentName=arn))
    assert lab.ssm.get_document(Name=arn, DocumentVersion="$DEFAULT")["Name"] == "Runbook"
    described = lab.ssm.describe_document(Name="Runbook", DocumentVersion="$DEFAULT")
    assert described["Document"]["DefaultVersion"] == "1"


def test_a_document_that_does_not_exist_cannot_be_started(lab: Lab) -> None:
    with pytest.raises(ClientError, match="AutomationDefinitionNotFoundException"):
        lab.start(DocumentName="Gone")
