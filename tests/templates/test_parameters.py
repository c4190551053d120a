"""The parameters of the templates, and their defaults."""

from __future__ import annotations

import pytest

from tests.templates.loading import ALL, read_template

MAY_BE_EMPTY = {"Env", "OperatorEmail", "PeerBucketArn", "TriggerFunctionArn"}


@pytest.mark.parametrize("template", ALL)
def test_a_setting_of_the_makefile_has_no_other_default(template: str) -> None:
    """A default here would be a second one, and would not change a stack that exists.

    `sam deploy` keeps the earlier value of a parameter that is not passed. So `make deploy` passes
    every parameter, and deployment/Makefile has the defaults.
    """
    defaults = {
        name: parameter["Default"]
        for name, parameter in read_template(template)["Parameters"].items()
        if "Default" in parameter
    }
    assert set(defaults) <= MAY_BE_EMPTY
    assert set(defaults.values()) <= {""}


@pytest.mark.parametrize("template", ALL)
def test_every_parameter_is_described(template: str) -> None:
    for name, parameter in read_template(template)["Parameters"].items():
        assert parameter.get("Description"), name


@pytest.mark.parametrize("template", [name for name in ALL if not name.startswith("template-")])
def test_every_parameter_is_constrained(template: str) -> None:
    constraints = {"AllowedPattern", "AllowedValues", "MinValue"}
    unconstrained = {
        name
        for name, parameter in read_template(template)["Parameters"].items()
        if not constraints & set(parameter) and parameter["Type"] != "CommaDelimitedList"
    }
    assert not unconstrained


@pytest.mark.parametrize(
    "template", [name for name in ALL if "Env" in read_template(name)["Parameters"]]
)
def test_the_environment_means_the_same_everywhere(template: str) -> None:
    env = read_template(template)["Parameters"]["Env"]
    assert env["Default"] == ""
    assert env.get("AllowedPattern", "^(-[a-z0-9]{1,12})?$") == "^(-[a-z0-9]{1,12})?$"


def test_an_inline_map_runs_at_most_40_records_at_once() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html"""
    parameters = read_template("templates/batch.yaml")["Parameters"]
    assert parameters["RecordConcurrency"]["MaxValue"] == 40
