"""tools/static_checks: a finding is mended or explained, and an explanation has its finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.policies import Names, Policy, policies
from tools.static_checks import cdk_nag, checkov, parliament
from tools.static_checks.findings import Explained, Finding, complaints, read_exceptions
from tools.templates import ALL, transformed_template

FINDING = Finding("checkov", "CKV_AWS_18", "templates/foundation.yaml", "Bucket", "no access log")


def explained(*resources: str, check: str = "CKV_AWS_18") -> Explained:
    return Explained("checkov", check, resources, "because")


def test_a_finding_without_an_explanation_is_a_complaint() -> None:
    [complaint] = complaints([FINDING, FINDING], [])
    expected = "checkov CKV_AWS_18: templates/foundation.yaml, Bucket: no access log"
    assert complaint == expected


def test_an_explanation_covers_its_check_and_resources_only() -> None:
    assert list(complaints([FINDING], [explained("Buck*")])) == []
    assert str(FINDING) in complaints([FINDING], [explained("Table")])
    assert str(FINDING) in complaints([FINDING], [explained("Bucket", check="CKV_AWS_19")])


def test_an_explanation_of_what_is_not_found_any_more_is_a_complaint() -> None:
    [complaint] = complaints([FINDING], [explained("Bucket", "Table")])
    assert complaint.startswith("checkov CKV_AWS_18: nothing is found for Table any more")


def test_every_exception_has_a_reason_and_names_no_every_resource() -> None:
    for exception in read_exceptions():
        assert len(exception.reason) > 20 or exception.reason.startswith("As "), exception.check
        assert "*" not in exception.resources


def test_a_reason_that_refers_to_another_one_names_an_exception() -> None:
    exceptions = read_exceptions()
    checks = {exception.check for exception in exceptions}
    references = [item.reason for item in exceptions if item.reason.startswith("As ")]
    assert references
    assert {text.split()[1].rstrip(".") for text in references} <= checks


def test_findings_of_checkov() -> None:
    check = {
        "check_id": "CKV_AWS_18",
        "check_name": "no access log",
        "file_path": "/templates/foundation.yaml",
        "resource": "AWS::S3::Bucket.Bucket",
    }
    assert checkov.findings(json.dumps({"results": {"failed_checks": [check]}})) == [FINDING]


def test_findings_of_parliament_are_one_a_policy_and_kind() -> None:
    owners = {"r.json": Policy("templates/batch.yaml", "TriggerRole", "trigger", {})}
    lines = [
        json.dumps(
            {
                "issue": "RESOURCE_STAR",
                "title": "Unnecessary use of Resource *",
                "detail": detail,
                "location": {"filepath": "/folder/r.json"},
            }
        )
        for detail in (["s3:GetObject"], [{"action": "s3:PutObject"}])
    ]
    [finding] = parliament.findings(lines, owners)
    assert (finding.check, finding.resource) == ("RESOURCE_STAR", "TriggerRole")
    assert finding.message == "Unnecessary use of Resource *: s3:GetObject"


def test_findings_of_cdk_nag_have_the_check_without_its_detail() -> None:
    violation = {
        "ruleName": "AwsSolutions-IAM5[Resource::arn:[x]*]",
        "description": "It has a wildcard.",
        "violatingResources": [{"constructPath": "templates-batch/Template/TriggerRole"}],
    }
    assert cdk_nag.findings([violation], {"templates-batch": "templates/batch.yaml"}) == [
        Finding(
            "cdk-nag",
            "AwsSolutions-IAM5",
            "templates/batch.yaml",
            "TriggerRole",
            "It has a wildcard. [Resource::arn:[x]*]",
        )
    ]


def test_a_tool_that_fails_is_an_error_and_no_clean_result(tmp_path: Path) -> None:
    program = tmp_path / "checkov"
    program.write_text("#!/bin/sh\necho broken >&2; exit 2\n")
    program.chmod(0o755)
    with pytest.raises(RuntimeError, match="checkov failed:\nbroken"):
        checkov.run(tmp_path, [])


@pytest.mark.parametrize("template", ALL)
def test_every_role_policy_is_resolved_to_texts(template: str) -> None:
    names = Names(region="eu-west-1", account="123456789012", env="-dev", name="name")
    role_policies = list(policies(template, names))
    texts = json.dumps([policy.document for policy in role_policies])
    for left_over in ("Fn::", "${", '"Ref"', "AWS::"):
        assert left_over not in texts
    roles = {
        logical_id
        for logical_id, resource in transformed_template(template)["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and resource["Properties"].get("Policies")
    }
    assert roles <= {policy.logical_id for policy in role_policies}


def test_names_are_put_together_as_a_deployment_has_them() -> None:
    names = Names(region="eu-west-1", account="123456789012", env="-dev", name="name")
    [trigger] = [
        policy
        for policy in policies("templates/batch.yaml", names)
        if policy.logical_id == "TriggerRole"
    ]
    resources = {
        action: statement["Resource"]
        for statement in trigger.document["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    prefix = "eu-west-1:123456789012"
    assert resources["logs:PutLogEvents"] == (
        f"arn:aws:logs:{prefix}:log-group:/aws/lambda/batch-trigger-dev:*"
    )
    assert resources["dynamodb:Query"] == f"arn:aws:dynamodb:{prefix}:table/batch-state-dev"
    assert resources["states:StartExecution"] == (
        f"arn:aws:states:{prefix}:stateMachine:MainOrchestrator-dev"
    )
    assert resources["sqs:SendMessage"] == f"arn:aws:sqs:{prefix}:batch-trigger-failures-dev"
