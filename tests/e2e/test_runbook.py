"""The runbook in a standby that nobody has called for weeks, and where its own steps fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from localcloud.testing import ARC_REGIONS

from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import RUN_SECONDS, System
from tools.harness.shell import DEPLOYMENT

SHORT = ("FENCE_WAIT=PT3M", "REPLICATION_WAIT=PT1M")


def test_functions_that_have_fallen_asleep_are_woken_before_anything_is_switched(
    system: System, tmp_path: Path
) -> None:
    """Without that the reconciler of a standby fails on the day of the disaster."""
    first, second = system.deployment.regions
    system.cloud.functions.let_idle(second)
    system.shell.run("make", "failover", *SHORT, folder=DEPLOYMENT)
    assert routes(system) == {first: 0, second: 100}
    data = [row(uuid) for uuid in known_uuids(3)]
    state = system.process("after-sleep.csv", text(data).encode(), tmp_path)
    assert (state["status"], state["region"]) == ("COMPLETED", second)
    system.shell.run("make", "failback", *SHORT, folder=DEPLOYMENT)
    assert system.cloud.settle(RUN_SECONDS)
    assert routes(system) == {first: 100, second: 100}


def test_the_runbook_fails_even_if_automation_takes_an_error_for_an_answer(system: System) -> None:
    """Whether it does is not documented; a success that nobody has had would be worst."""
    cloud, (first, second) = system.cloud, system.deployment.regions
    ssm = cloud.client("ssm", second)
    for endpoint in ARC_REGIONS:
        cloud.faults.set_arc_endpoint(endpoint, "down")
    try:
        with cloud.function_errors_pass_for_answers():
            started = ssm.start_automation_execution(DocumentName="AutomationFailoverRunbook")
            execution = cloud.automation_execution(second, started["AutomationExecutionId"])
            assert execution.wait(RUN_SECONDS) == "Failed"
    finally:
        for endpoint in ARC_REGIONS:
            cloud.faults.set_arc_endpoint(endpoint, "up")
    assert "QuorumUnreachable" in json.dumps(execution.output("Failover.Payload"))
    assert routes(system) == {first: 100, second: 100}


def routes(system: System) -> dict[str, int]:
    """The percentage of its traffic that the access point lets go to each Region."""
    s3control: Any = system.client("s3control", "us-west-2")
    answer = s3control.get_multi_region_access_point_routes(
        AccountId=system.deployment.account, Mrap=system.deployment.mrap_arn
    )
    return {route["Region"]: route["TrafficDialPercentage"] for route in answer["Routes"]}
