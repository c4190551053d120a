"""Both Regions run the same application."""

from __future__ import annotations

import re

import pytest

from tests.templates.loading import read_template, resources

PRIMARY, STANDBY, BATCH = "template-primary.yaml", "template-standby.yaml", "templates/batch.yaml"


def _batch(root: str) -> dict[str, object]:
    return resources(root, "AWS::CloudFormation::Stack")["Batch"]


def test_both_roots_nest_the_same_template_with_the_same_parameters() -> None:
    assert _batch(PRIMARY)["TemplateURL"] == BATCH
    assert _batch(PRIMARY) == _batch(STANDBY)


def test_both_roots_nest_the_same_failover() -> None:
    primary = resources(PRIMARY, "AWS::CloudFormation::Stack")["Failover"]
    assert primary["TemplateURL"] == "templates/failover.yaml"
    assert primary == resources(STANDBY, "AWS::CloudFormation::Stack")["Failover"]
    assert isinstance(primary["Parameters"], dict)
    assert set(primary["Parameters"]) == set(read_template("templates/failover.yaml")["Parameters"])


def test_the_outputs_that_failover_uses_exist() -> None:
    primary = resources(PRIMARY, "AWS::CloudFormation::Stack")["Failover"]
    outputs = set(re.findall(r"Outputs\.(\w+)", str(primary)))
    assert outputs <= set(read_template(BATCH)["Outputs"])


def test_the_dashboard_is_in_the_primary_alone() -> None:
    assert "Dashboard" in resources(PRIMARY, "AWS::CloudFormation::Stack")
    assert "Dashboard" not in resources(STANDBY, "AWS::CloudFormation::Stack")


def test_a_root_passes_on_every_parameter_of_the_application() -> None:
    arguments = _batch(PRIMARY)["Parameters"]
    assert isinstance(arguments, dict)
    assert set(arguments) == set(read_template(BATCH)["Parameters"])
    assert all(f"'Ref': '{name}'" in str(value) for name, value in arguments.items())


@pytest.mark.parametrize("root", [PRIMARY, STANDBY])
@pytest.mark.parametrize("template", [BATCH, "templates/failover.yaml"])
def test_a_root_declares_parameters_as_the_application_does(root: str, template: str) -> None:
    parameters = read_template(root)["Parameters"]
    for name, parameter in read_template(template)["Parameters"].items():
        if name in parameters:
            assert parameters[name].get("Default") == parameter.get("Default"), name
            assert parameters[name]["Type"] == parameter["Type"], name
