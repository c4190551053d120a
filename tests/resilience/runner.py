"""One deployed system, made quick, in which plans are carried out and checked one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import localcloud.virtual_time as virtual_time

from tests.e2e.system import System
from tests.resilience.actors import Operator, User
from tests.resilience.checker import mailed_twice, violations
from tests.resilience.environment import Environment
from tests.resilience.plan import Plan
from tests.resilience.probe import Probe
from tests.resilience.s3_events import EventDelivery
from tests.resilience.scenario import Harness, Scenario
from tools.harness.mails import is_result

# Chunks so small that a file has several, and links that work until the end of a seed.
VARIABLES = {"splitter": ("CHUNK_RECORDS", "10"), "emailer": ("LINK_SECONDS", "43200")}
IDLE_SECONDS = 1200.0  # before a seed, in which all sandboxes end and caches expire
PHASE_SECONDS = 300  # each seed begins when the time is a multiple of it
# Defects of the local cloud, and what no function of the system may ever be told by DynamoDB.
DEFECTS = ("InternalFailure", "LocalCloudNotEmulated", "AccessDeniedException")


@dataclass
class Result:
    """What came of a plan; ``violations`` and ``injected`` are sentences."""

    plan: Plan
    seconds: float = 0.0  # of CPU time
    digest: str = ""  # of all calls and states, with their times
    violations: list[str] = field(default_factory=list)
    injected: list[str] = field(default_factory=list)
    mailed_twice: int = 0
    uncertain_mails: int = 0
    failure_notices: int = 0


class Runner:
    def __init__(self, system: System, folder: Path) -> None:
        self.system = system
        self.cloud = cloud = system.cloud
        self.harness = Harness(
            Environment(cloud, system.deployment),
            Probe(),
            EventDelivery(),
            User(cloud, system.deployment.mrap_arn),
            Operator(cloud),
            system.foreign_writes,
            folder,
        )

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """AWS's own time, which is virtual; the variables of the functions; and the probe."""
        time_scale = self.cloud.time_scale
        for function, (name, value) in VARIABLES.items():
            for region in self.system.deployment.regions:
                self._set_variable(function, region, name, value)
        self._leave_the_sandbox()
        self._delete_alarms()
        with (
            self.harness.probe.attached(self.cloud),
            self.cloud.s3_events.intercept(self.harness.events.handle),
        ):
            self.cloud.time_scale, self.cloud.look_seconds = 1.0, 1.0
            try:
                yield
            finally:
                self.cloud.time_scale = time_scale

    def _delete_alarms(self) -> None:
        """An alarm looks back beyond a seed's beginning, and so acts differently in each run."""
        for region in self.system.deployment.regions:
            cloudwatch = self.cloud.client("cloudwatch", region)
            for page in cloudwatch.get_paginator("describe_alarms").paginate():
                names = [alarm["AlarmName"] for alarm in page["MetricAlarms"]]
                cloudwatch.delete_alarms(AlarmNames=names)

    def run(self, plan: Plan) -> Result:
        self._begin(plan.seed)
        start, defects = time.process_time(), self._defects()
        result = Result(plan)
        try:
            self._run(plan, result)
        except Exception as error:
            result.violations.append(f"{type(error).__name__}: {error}")
        new_defects = (self._defects() - defects).items()
        result.violations += [f"{name}, {n} times" for name, n in new_defects]
        result.seconds = time.process_time() - start
        result.digest = self.harness.probe.digest()
        return result

    def _run(self, plan: Plan, result: Result) -> None:
        scenario = Scenario(self.harness, plan)
        try:
            state = scenario.run()
        except Exception:
            self._make_first_region_active()
            raise
        finally:
            self.harness.environment.delete_files(scenario.tag)
            result.injected = scenario.injected
            result.uncertain_mails = scenario.follow_up.uncertain_mails
        result.violations += violations(state) + scenario.follow_up.violations
        result.mailed_twice = len(mailed_twice(state))
        result.failure_notices = sum(not is_result(mail) for mail in state.mails)

    def _begin(self, seed: int) -> None:
        """Come to a moment that is the same for every run of the seed."""
        self._set_schedules("DISABLED")
        self.cloud.sleep(IDLE_SECONDS)
        virtual_time.advance(PHASE_SECONDS)
        self.cloud.functions.retire_sandboxes()
        virtual_time.seed(seed)
        self._set_schedules("ENABLED")  # they begin now
        self.harness.probe.begin()

    def _set_schedules(self, state: str) -> None:
        for region in self.system.deployment.regions:
            events = self.cloud.client("events", region)
            for rule in events.list_rules()["Rules"]:
                if "ScheduleExpression" in rule:
                    expression = rule["ScheduleExpression"]
                    events.put_rule(Name=rule["Name"], ScheduleExpression=expression, State=state)

    def _make_first_region_active(self) -> None:
        """Where every seed begins, though this one has ended in its middle."""
        operator = self.harness.operator
        operator.make_active(self.system.deployment.regions[0], lambda: None)

    def _defects(self) -> Counter[str]:
        outcomes = self.cloud.calls.outcomes().items()
        return Counter({f"{a} {o}": n for (a, o), n in outcomes if o in DEFECTS})

    def _leave_the_sandbox(self) -> None:
        """Inside it SES takes 200 mails a day, which are fewer than many seeds need."""
        for region in self.system.deployment.regions:
            self.cloud.client("sesv2", region).put_account_details(
                MailType="TRANSACTIONAL",
                WebsiteURL="https://example.com",
                ProductionAccessEnabled=True,
            )

    def _set_variable(self, function: str, region: str, name: str, value: str) -> None:
        functions, full = (
            self.cloud.client("lambda", region),
            self.system.deployment.function(function),
        )
        configuration = functions.get_function_configuration(FunctionName=full)
        variables = {**configuration["Environment"]["Variables"], name: value}
        functions.update_function_configuration(
            FunctionName=full, Environment={"Variables": variables}
        )
