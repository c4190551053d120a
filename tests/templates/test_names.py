"""Names let any pair of Regions, and several deployments, share an account."""

from __future__ import annotations

import re

import pytest

from tests.templates.loading import (
    ALL,
    MACHINES,
    read_template,
    state_machine,
    strings,
    transformed_template,
)

REGION = re.compile(r"\b(us|eu|ap|sa|ca|me|af|il|mx|cn)-(gov-)?[a-z]+-\d\b")
NAME = re.compile(r"(Name|Identifier)$")
NOT_PHYSICAL = {
    "PolicyName",  # inside its role
    "IndexName",  # inside its table
    "AttributeName",
    "ServiceName",  # AWS's
    "DisplayName",
    "FunctionName",  # of a permission or an alarm: a reference
    "StageName",  # inside its API
    "MetricName",
    "SetIdentifier",  # inside its record
}
PHYSICAL = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::Route53RecoveryControl::Cluster": "Name",
    "AWS::Route53RecoveryControl::ControlPanel": "Name",
    "AWS::Route53RecoveryControl::RoutingControl": "Name",
    "AWS::Route53RecoveryControl::SafetyRule": "Name",
    "AWS::Route53::HostedZone": "Name",
    "AWS::Route53::RecordSet": "Name",
    "AWS::S3::MultiRegionAccessPoint": "Name",
    "AWS::SSM::Document": "Name",
}


@pytest.mark.parametrize("template", ALL)
def test_every_physical_name_carries_the_environment(template: str) -> None:
    for logical_id, resource in transformed_template(template)["Resources"].items():
        for name, value in resource.get("Properties", {}).items():
            own = PHYSICAL.get(resource["Type"])
            if name == own or (NAME.search(name) and name not in NOT_PHYSICAL and not own):
                assert "Env" in str(value) or "Ref" in str(value), f"{logical_id}.{name}"


@pytest.mark.parametrize("template", ALL)
def test_no_template_names_a_region(template: str) -> None:
    assert not [text for text in strings(read_template(template)) if REGION.search(text)]


@pytest.mark.parametrize("name", MACHINES)
def test_no_state_machine_names_a_region_or_an_account(name: str) -> None:
    texts = strings(state_machine(name))
    assert not [text for text in texts if REGION.search(text) or re.search(r"\d{12}", text)]


def test_state_machine_names_leave_room_for_an_execution_name() -> None:
    # an execution's ARN is 256 characters at most, and its name 80
    assert len("MainOrchestrator") + 13 <= 80


def test_the_multi_region_access_point_has_a_legal_name() -> None:
    longest = "source-bucket-mrap" + "-" + 12 * "x"
    assert len(longest) <= 50


def test_the_longest_bucket_name_is_legal() -> None:
    assert len("batch-123456789012-ap-southeast-2-" + 12 * "x") <= 63
