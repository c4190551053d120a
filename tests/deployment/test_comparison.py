"""deployment/deployer/comparison.py: what was changed past CloudFormation is named."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer import comparison
from deployment.deployer.comparison import compare
from deployment.deployer.errors import DeployError
from deployment.deployer.routing_controls import RoutingControls
from tests.deployment.fakes import FakeAws, error, plan

PLAN = plan()
PRIMARY, SECONDARY = PLAN.settings.regions
OUTPUTS = ("BucketName", "BucketArn", "TriggerFunctionArn", "ClusterArn")
RESOURCES = {
    "Rule": ("AWS::Events::Rule", "batch-watch-x"),
    "Alarm": ("AWS::CloudWatch::Alarm", "batch-late-x"),
    "PrimaryIsActive": ("AWS::Route53::HealthCheck", "h1"),
}


class FakeDeployed:
    """Everything is as deployed; each test changes a part of it by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        outputs = [*OUTPUTS, "PrimaryControlArn", "SecondaryControlArn"]
        pairs = [{"OutputKey": name, "OutputValue": name.lower()} for name in outputs]
        self.notification: dict[str, Any] = {
            "LambdaFunctionConfigurations": [
                {
                    "LambdaFunctionArn": "triggerfunctionarn",
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "input/"}]}},
                }
            ]
        }
        self.rules: list[dict[str, Any]] = [
            {
                "Status": "Enabled",
                "Filter": {"Prefix": prefix},
                "Destination": {"Bucket": "bucketarn"},
            }
            for prefix in ("input/", "output/")
        ]
        self.rule_state, self.targets = "ENABLED", [{"Id": "watcher"}]
        self.actions_enabled = True
        self.health_check: dict[str, Any] = {"Type": "RECOVERY_CONTROL"}
        self.active, self.states = PRIMARY, ("On", "Off")
        monkeypatch.setattr(RoutingControls, "states", lambda _: self.states)
        monkeypatch.setattr(comparison, "active_region", lambda *_: self.active)
        summaries = [
            {"LogicalResourceId": name, "ResourceType": type_, "PhysicalResourceId": physical_id}
            for name, (type_, physical_id) in RESOURCES.items()
        ]
        self.aws = FakeAws(
            cloudformation={
                "describe_stacks": lambda **_: {"Stacks": [{"Outputs": pairs}]},
                "list_stack_resources": lambda **_: [{"StackResourceSummaries": summaries}],
            },
            s3={
                "get_bucket_notification_configuration": lambda **_: self.notification,
                "get_bucket_replication": self._replication,
            },
            events={
                "describe_rule": lambda **_: {"State": self.rule_state},
                "list_targets_by_rule": lambda **_: {"Targets": self.targets},
            },
            cloudwatch={"describe_alarms": self._alarms},
            route53={
                "get_health_check": lambda **_: {
                    "HealthCheck": {"HealthCheckConfig": self.health_check}
                }
            },
        )

    def _replication(self, **_: str) -> Any:
        if not self.rules:
            raise error("ReplicationConfigurationNotFoundError", "was not found")
        return {"ReplicationConfiguration": {"Rules": self.rules}}

    def _alarms(self, AlarmNames: list[str]) -> Any:  # noqa: N803 - named by the API
        alarms = [
            {"AlarmName": name, "ActionsEnabled": self.actions_enabled} for name in AlarmNames
        ]
        return [{"MetricAlarms": alarms}]

    def difference(self) -> str:
        with pytest.raises(DeployError) as caught:
            compare(self.aws, PLAN)
        return str(caught.value)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> FakeDeployed:
    return FakeDeployed(monkeypatch)


def test_what_is_as_deployed_passes(
    there: FakeDeployed, capsys: pytest.CaptureFixture[str]
) -> None:
    compare(there.aws, PLAN)
    assert "are as deployed" in capsys.readouterr().out


@pytest.mark.parametrize("part", ["LambdaFunctionArn", "Events", "Filter"])
def test_a_bucket_that_does_not_notify_its_trigger_is_named(there: FakeDeployed, part: str) -> None:
    (entry,) = there.notification["LambdaFunctionConfigurations"]
    entry[part] = {"LambdaFunctionArn": "other", "Events": [], "Filter": {}}[part]
    assert "bucketname does not notify triggerfunctionarn" in there.difference()
    there.notification = {}
    assert "bucketname does not notify triggerfunctionarn" in there.difference()


def test_a_bucket_that_does_not_replicate_is_named_with_the_prefix(there: FakeDeployed) -> None:
    there.rules[1]["Status"] = "Disabled"
    assert "bucketname does not replicate output/ to bucketarn" in there.difference()
    there.rules = []
    assert "does not replicate input/ and output/ to" in there.difference()


def test_a_rule_that_is_off_or_has_no_target_is_named(there: FakeDeployed) -> None:
    there.rule_state, there.targets = "DISABLED", []
    text = there.difference()
    for region in (PRIMARY, SECONDARY):
        assert f"the rule batch-watch-x in {region} is DISABLED" in text
        assert f"the rule batch-watch-x in {region} has no target" in text


def test_an_alarm_that_tells_nobody_is_named(there: FakeDeployed) -> None:
    there.actions_enabled = False
    assert f"the alarm batch-late-x in {SECONDARY} tells nobody" in there.difference()


def test_dns_and_arc_that_disagree_are_named(there: FakeDeployed) -> None:
    there.active = SECONDARY
    assert f"{PRIMARY} is active by ARC, but in {SECONDARY} DNS answers" in there.difference()


def test_controls_that_are_both_off_are_named(there: FakeDeployed) -> None:
    there.states = ("Off", "Off")
    assert "the routing controls are Off and Off" in there.difference()


@pytest.mark.parametrize("word", ["Disabled", "Inverted"])
def test_a_health_check_that_does_not_follow_arc_is_named(there: FakeDeployed, word: str) -> None:
    there.health_check[word] = True
    assert f"the health check h1 is {word.lower()}" in there.difference()
