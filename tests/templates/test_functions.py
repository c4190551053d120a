"""How every function is deployed."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.templates.loading import (
    ROOT,
    application_resources,
    documented_variables,
    functions,
    read_template,
    resources,
)

BATCH = "templates/batch.yaml"
POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
NAMES = sorted(functions())
OUTSIDE = ["failover", "readiness"]


def test_the_functions_are_those_of_the_documentation() -> None:
    assert set(NAMES) == set(documented_variables())


@pytest.mark.parametrize("name", NAMES)
def test_its_environment_is_as_documented(name: str) -> None:
    assert (
        set(functions()[name]["Environment"]["Variables"])
        == documented_variables()[name] | POWERTOOLS
    )


@pytest.mark.parametrize("name", NAMES)
def test_its_environment_has_exactly_its_settings(name: str) -> None:
    variables = set(functions()[name]["Environment"]["Variables"]) - POWERTOOLS
    settings = {field.target.id.upper() for field in _settings(name)}
    assert variables == settings - {"AWS_REGION"}  # which Lambda gives


@pytest.mark.parametrize("name", NAMES)
def test_no_setting_has_a_default_because_the_template_gives_it(name: str) -> None:
    assert not [field.target.id for field in _settings(name) if field.value]


@pytest.mark.parametrize("name", NAMES)
def test_its_handler_exists(name: str) -> None:
    folder, module, handler = functions()[name]["Handler"].split(".")
    tree = ast.parse((ROOT / "functions" / folder / f"{module}.py").read_text())
    assert handler in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_timeout_and_a_memory_size(name: str) -> None:
    assert 1 <= functions()[name]["Timeout"] <= 900
    assert 128 <= functions()[name]["MemorySize"] <= 10240


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_python_3_13_on_the_chosen_architecture(name: str) -> None:
    function = functions()[name]
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == [{"Ref": "Architecture"}]


def test_functions_that_are_called_for_records_log_what_fails_only() -> None:
    """At WARN no START, END and REPORT; a function's own entries stay.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    quiet = {
        name for name in NAMES if functions()[name]["LoggingConfig"].get("SystemLogLevel") == "WARN"
    }
    assert quiet == {"validator", "enricher"}
    for name in quiet:
        assert functions()[name]["LoggingConfig"]["LogFormat"] == "JSON"
        assert "ApplicationLogLevel" not in functions()[name]["LoggingConfig"]


def test_only_those_are_in_no_vpc_that_reach_arc_or_must_not_fall_asleep() -> None:
    assert [name for name in NAMES if "VpcConfig" not in functions()[name]] == OUTSIDE


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OUTSIDE])
def test_it_runs_in_the_private_subnets(name: str) -> None:
    assert functions()[name]["VpcConfig"] == {
        "SubnetIds": {"Ref": "SubnetIds"},
        "SecurityGroupIds": [{"Ref": "SecurityGroupId"}],
    }


@pytest.mark.parametrize("name", NAMES)
def test_its_logs_go_to_a_group_of_its_own_and_expire(name: str) -> None:
    group = application_resources("AWS::Logs::LogGroup")[
        functions()[name]["LoggingConfig"]["LogGroup"]["Ref"]
    ]
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/batch-{name}${{Env}}"}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", NAMES)
def test_it_may_write_to_its_own_logs_only(name: str) -> None:
    group = functions()[name]["LoggingConfig"]["LogGroup"]["Ref"]
    statements = [item for item in _statements(name) if "logs:" in str(item["Action"])]
    assert [statement["Resource"] for statement in statements] == [{"Fn::GetAtt": [group, "Arn"]}]


def test_the_writer_neutralises_formulas_only_if_the_deployment_says_so() -> None:
    variables = functions()["writer"]["Environment"]["Variables"]
    assert variables["NEUTRALISE_FORMULAS"] == {"Ref": "NeutraliseFormulas"}
    assert read_template(BATCH)["Parameters"]["NeutraliseFormulas"]["AllowedValues"] == [0, 1]


def test_the_merger_stops_in_time_to_store_where_it_goes_on() -> None:
    merger = functions()["merger"]
    assert merger["Timeout"] - merger["Environment"]["Variables"]["BUDGET_SECONDS"] >= 120


def test_splitter_and_merger_have_a_whole_vcpu() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
    assert {functions()[name]["MemorySize"] for name in ("splitter", "merger")} == {1769}


def test_no_two_functions_share_a_role() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions().values()]
    assert len(set(roles)) == len(roles)


def test_no_two_environments_collide() -> None:
    for name, function in functions().items():
        assert function["FunctionName"] == {"Fn::Sub": f"batch-{name}${{Env}}"}


def test_none_reserves_concurrency_since_a_new_account_has_ten_executions() -> None:
    assert not any("ReservedConcurrentExecutions" in item for item in functions().values())


def test_the_layer_is_for_the_architecture_of_the_functions() -> None:
    (layer,) = resources(BATCH, "AWS::Lambda::LayerVersion").values()
    assert layer["CompatibleArchitectures"] == [{"Ref": "Architecture"}]


def _statements(name: str) -> list[dict[str, Any]]:
    role = application_resources("AWS::IAM::Role")[functions()[name]["Role"]["Fn::GetAtt"][0]]
    return [
        statement
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def _settings(name: str) -> list[Any]:
    """Return the fields of the function's Settings."""
    tree = ast.parse((ROOT / "functions" / name / "app.py").read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    fields = [node for item in classes if item.name == "Settings" for node in item.body]
    return [node for node in fields if isinstance(node, ast.AnnAssign)]
