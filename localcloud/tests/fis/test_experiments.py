"""Experiments: order, states, effects and their end."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud.faults import Faults
from tests.fis.conftest import ACCOUNT, EAST, Lab, disrupt, subnets, wait


def arn(subnet: str) -> str:
    return f"arn:aws:ec2:{EAST}:{ACCOUNT}:subnet/{subnet}"


def reaches(lab: Lab, service: str, subnet: str) -> bool:
    client = lab.from_subnet(service, subnet)
    try:
        client.list_buckets() if service == "s3" else client.list_tables()
    except EndpointConnectionError:
        return False
    return True


def test_s3_is_cut_from_the_subnets_for_as_long_as_the_experiment_runs(lab: Lab) -> None:
    hit, spared = lab.subnet("10.0.1.0/24"), lab.subnet("10.0.2.0/24")
    template = lab.template({"cut": disrupt("s3")}, subnets(resourceArns=[arn(hit)]))
    experiment = lab.start(template)
    lab.clock.wait_for_sleep()
    assert lab.get(experiment)["state"]["status"] == "running"
    assert not reaches(lab, "s3", hit)
    assert reaches(lab, "dynamodb", hit)
    assert reaches(lab, "s3", spared)
    lab.clock.step()
    result = lab.join(experiment)
    assert result["state"]["status"] == "completed"
    assert lab.clock.slept == [600.0]
    assert reaches(lab, "s3", hit)


@pytest.mark.parametrize("scope", ["all", "vpc"])
def test_all_traffic_that_leaves_the_subnet_is_cut(lab: Lab, scope: str) -> None:
    hit = lab.subnet("10.0.1.0/24", Name="hit")
    lab.start(lab.template({"cut": disrupt(scope)}, subnets(resourceTags={"Name": "hit"})))
    lab.clock.wait_for_sleep()
    assert not reaches(lab, "s3", hit)
    assert not reaches(lab, "dynamodb", hit)


def test_stopping_an_experiment_ends_its_effects_at_once(lab: Lab) -> None:
    hit = lab.subnet("10.0.1.0/24")
    actions = {"cut": disrupt("dynamodb")}
    experiment = lab.start(lab.template(actions, subnets(resourceArns=[arn(hit)])))
    lab.clock.wait_for_sleep()
    assert not reaches(lab, "dynamodb", hit)
    lab.fis.stop_experiment(id=experiment)
    result = lab.join(experiment)
    assert result["state"]["status"] == "stopped"
    assert result["actions"]["cut"]["state"]["status"] == "stopped"
    assert reaches(lab, "dynamodb", hit)


def test_without_targets_an_experiment_fails(lab: Lab) -> None:
    target = subnets(resourceTags={"Part": "none"})
    failed = lab.join(lab.start(lab.template({"cut": disrupt("s3")}, target)))
    assert failed["state"]["status"] == "failed"
    assert failed["state"]["reason"] == "Target resolution returned empty set"
    assert failed["state"]["error"]["code"] == "InvalidTarget"


def test_actions_start_together_and_end_after_their_own_time(lab: Lab) -> None:
    experiment = lab.start(lab.template({"short": wait("PT1M"), "long": wait("PT3M")}))
    for _ in range(2):
        lab.clock.wait_for_sleep()
        lab.clock.step()
    actions = lab.join(experiment)["actions"]
    assert lab.clock.slept == [60.0, 120.0]
    assert actions["long"]["startTime"] == actions["short"]["startTime"]
    assert (actions["long"]["endTime"] - actions["short"]["endTime"]).total_seconds() == 120


def test_skipping_all_actions_is_not_emulated(lab: Lab) -> None:
    with pytest.raises(ClientError, match="does not emulate FIS experiments that skip all"):
        lab.start(lab.template({"w": wait()}), experimentOptions={"actionsMode": "skip-all"})


def test_an_alarm_that_the_data_rings_stops_the_experiment(lab: Lab) -> None:
    cloudwatch = lab.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="a", Namespace="n", MetricName="m", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
    )  # fmt: skip
    alarm = f"arn:aws:cloudwatch:{EAST}:{ACCOUNT}:alarm:a"
    conditions = [{"source": "aws:cloudwatch:alarm", "value": alarm}]
    experiment = lab.start(lab.template({"w": wait()}, stopConditions=conditions))
    lab.clock.wait_for_sleep()
    data = [{"MetricName": "m", "Value": 2, "Timestamp": lab.clock.now()}]
    cloudwatch.put_metric_data(Namespace="n", MetricData=data)
    lab.pass_a_minute()
    lab.clock.step()
    stopped = lab.join(experiment)
    assert stopped["state"] == {
        "status": "stopped",
        "reason": f"Experiment halted by the stop condition {alarm}.",
    }
    assert lab.clock.slept == [10.0]


def test_a_role_that_does_not_trust_fis_fails_the_experiment(lab: Lab) -> None:
    role = lab.make_role("other", "lambda.amazonaws.com", "*")
    failed = lab.join(lab.start(lab.template({"w": wait()}, roleArn=role)))
    assert failed["state"]["status"] == "failed"
    assert "Unable to assume role" in failed["state"]["reason"]


def test_a_role_without_the_permissions_of_the_action_fails_it(lab: Lab) -> None:
    role = lab.make_role("other", "fis.amazonaws.com", "ec2:Describe*")
    hit = lab.subnet("10.0.1.0/24")
    template = lab.template({"cut": disrupt("s3")}, subnets(resourceArns=[arn(hit)]), roleArn=role)
    failed = lab.join(lab.start(template))
    assert failed["state"]["status"] == "failed"
    assert "is not authorized to perform: ec2:CreateNetworkAcl" in failed["state"]["reason"]
    assert failed["actions"]["cut"]["state"]["status"] == "failed"
    assert lab.cloud.get(Faults).rules == ()


def test_an_experiment_that_has_ended_cannot_be_stopped(lab: Lab) -> None:
    experiment = lab.start(lab.template({"w": wait()}))
    lab.clock.wait_for_sleep()
    lab.clock.step()
    lab.join(experiment)
    with pytest.raises(ClientError, match="ValidationException"):
        lab.fis.stop_experiment(id=experiment)


def test_closing_the_cloud_ends_experiments(lab: Lab) -> None:
    experiment = lab.start(lab.template({"w": wait()}))
    lab.clock.wait_for_sleep()
    lab.cloud.close()
    assert lab.join(experiment)["state"]["status"] == "stopped"
