"""The deployment that a drill runs in: what is done to it, and what can be seen of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from tools.drill.load import Load, Upload
from tools.harness.deployment import Deployment
from tools.harness.mails import Mail, read_mails
from tools.harness.runs import read_runs
from tools.harness.shell import DEPLOYMENT, CommandFailed, Shell, stream
from tools.harness.watch import Display

_POLL_SECONDS = 0.5
RUNNING = ("STARTED", "UNCERTAIN")  # the latter while its mail is being sent
_TEMPLATES = "experimentTemplates[?tags.Name==`MultiRegionBatchChaosTemplate`].{id: id}"
_STEPS = "AutomationExecution.StepExecutions[].[StepName, StepStatus, Outputs.Payload[0]]"


class Environment:
    """``first`` is the Region that fails; ``second`` the one that takes over."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.deployment = Deployment.of(shell)
        self.first, self.second = self.deployment.regions
        # The commands that name no Region mean the one that fails.
        for variables in (shell.environment, os.environ):
            variables["AWS_DEFAULT_REGION"] = self.first
        self.display = Display()

    # What is done

    def begin_in_the_first_region(self) -> None:
        """Fail back if a drill that was broken off has left the second one active."""
        if self.active_region() != self.first:
            self.make("failback")

    def make(self, *arguments: str, on_line: Callable[[str], None] = lambda _: None) -> None:
        stream(["make", *arguments], self.shell.environment, DEPLOYMENT, on_line)

    def start_experiment(self) -> str:
        """Start the experiment whose template the tag leads to; returns its id."""
        listed = self.shell.run("aws", "fis", "list-experiment-templates", "--query", _TEMPLATES)
        templates = json.loads(listed)
        if len(templates) != 1:
            raise CommandFailed(f"one experiment template was expected in {self.first}: {listed}")
        started = self.shell.run(
            "aws", "fis", "start-experiment", "--experiment-template-id", templates[0]["id"]
        )
        return str(json.loads(started)["experiment"]["id"])

    def start_runbook(self, region: str) -> str:
        """Make ``region`` active; returns the id of the execution."""
        env = self.deployment.env
        name = f"AutomationFailoverRunbook{'' if env == '-dev' else env}"
        started = self.shell.run(
            *("aws", "ssm", "start-automation-execution", "--document-name", name),
            *("--document-version", "$DEFAULT", "--region", region),
        )
        return str(json.loads(started)["AutomationExecutionId"])

    def show_runbook(self, execution: str, region: str) -> None:
        """Print each step's status and answer."""
        print(
            self.shell.run(
                *("aws", "ssm", "get-automation-execution", "--automation-execution-id", execution),
                *("--region", region, "--output", "text", "--query", _STEPS),
            )
        )

    # What can be seen

    def active_region(self) -> str:
        """By DNS, as the first Region's reconciler sees it: without a pass it only looks."""
        name = self.deployment.function("reconciler")
        response = boto3.client("lambda", self.first).invoke(FunctionName=name)
        return str(json.loads(response["Payload"].read())["active"])

    def experiment(self, experiment_id: str) -> Any:
        """The experiment as FIS shows it."""
        return boto3.client("fis", self.first).get_experiment(id=experiment_id)["experiment"]

    def trigger_errors(self) -> float:
        """Of the last minutes in the first Region: what the alarm `batch-trigger-errors` sees."""
        now = datetime.now(UTC)
        trigger = self.deployment.function("trigger")
        statistics = boto3.client("cloudwatch", self.first).get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": trigger}],
            StartTime=now - timedelta(minutes=2),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in statistics["Datapoints"])

    def rows(self, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
        """Of these uploads, by the second Region's copy, which is sound throughout."""
        keys = {upload.key for upload in uploads}
        table = boto3.resource("dynamodb", self.second).Table(self.deployment.state_table)
        return [row for row in read_runs(table) if row["key"] in keys]

    def mails(self) -> list[Mail]:
        """All there are, oldest first."""
        return read_mails(self.shell)

    def watch(self, look: Callable[[], tuple[bool, str]], limit: float) -> bool:
        """Show the text of ``look`` until its flag is set; False after ``limit`` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            is_over, text = look()
            self.display.show(text, at_once=is_over)
            if is_over:
                self.display.end()
                return True
            time.sleep(_POLL_SECONDS)
        self.display.end()
        return False

    def progress(self, load: Load) -> tuple[bool, str]:
        """Whether all of it is completed, and how far it is."""
        rows = self.rows(load.uploads)
        completed = sum(row["status"] == "COMPLETED" for row in rows)
        failed = sum(row["status"] == "FAILED" for row in rows)
        parts = [f"{len(load.uploads)} of {load.files} uploaded"]
        for region in self.deployment.regions:
            running = sum(row["status"] in RUNNING and row["region"] == region for row in rows)
            parts.append(f"{running} running in {region}")
        parts.append(f"{completed} completed" + (f", {failed} failed" if failed else ""))
        return completed == load.files, "; ".join(parts)
