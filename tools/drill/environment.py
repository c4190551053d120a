"""The deployment that a drill is held in: what is done to it, and what can be seen of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from tools.drill.load import Load, Upload
from tools.harness.shell import ROOT, CommandFailed, Shell, stream
from tools.harness.watch import Deployment, Display, scan

_POLL_SECONDS = 0.5
_TEMPLATES = "experimentTemplates[?tags.Name==`MultiRegionBatchChaosTemplate`].{id: id}"
_STEPS = "AutomationExecution.StepExecutions[].[StepName, StepStatus, Outputs.Payload[0]]"


class Scene:
    """``first`` is the Region that fails; ``second`` the one that takes over."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        settings = shell.settings()
        self.deployment = Deployment.of(settings, os.environ["AWS_ACCOUNT"])
        self.mrap_arn = settings["MRAP_ARN"]
        self.first, self.second = self.deployment.regions
        # The commands that name no Region mean the one that fails.
        for environment in (shell.environment, os.environ):
            environment["AWS_DEFAULT_REGION"] = self.first
        self.display = Display()

    # What is done

    def begin_in_the_first_region(self) -> None:
        """A drill that was broken off may have left the second one active."""
        if self.active() != self.first:
            self.make("failback")

    def make(self, *arguments: str, seen: Callable[[str], None] = lambda _: None) -> None:
        folder = ROOT / "deployment"
        stream(["make", *arguments], self.shell.environment, folder, seen=seen)

    def start_experiment(self) -> str:
        """By the id that the tag leads to; returns the experiment's."""
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
        """Each step's status and answer."""
        print(
            self.shell.run(
                *("aws", "ssm", "get-automation-execution", "--automation-execution-id", execution),
                *("--region", region, "--output", "text", "--query", _STEPS),
            )
        )

    # What is seen

    def active(self) -> str:
        """By DNS, as the first Region's reconciler sees it: without a pass it only looks."""
        name = f"batch-reconciler{self.deployment.env}"
        answer = boto3.client("lambda", self.first).invoke(FunctionName=name)
        return str(json.loads(answer["Payload"].read())["active"])

    def experiment(self, experiment_id: str) -> Any:
        """As FIS shows it."""
        return boto3.client("fis", self.first).get_experiment(id=experiment_id)["experiment"]

    def trigger_errors(self) -> float:
        """Of the last minutes in the first Region: what the alarm `batch-trigger-errors` sees."""
        now = datetime.now(UTC)
        found = boto3.client("cloudwatch", self.first).get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": f"batch-trigger{self.deployment.env}"}],
            StartTime=now - timedelta(minutes=2),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in found["Datapoints"])

    def rows(self, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
        """Of these uploads, by the second Region's copy, which is sound throughout."""
        keys = {upload.key for upload in uploads}
        table = boto3.resource("dynamodb", self.second).Table(self.deployment.state_table)
        return [row for row in scan(table) if row["key"] in keys]

    def mails(self) -> list[dict[str, Any]]:
        """All there are, oldest first."""
        lines = self.shell.run("make", "-s", "mail", quiet=True).splitlines()
        return [json.loads(line) for line in lines]

    def watch(self, look: Callable[[], tuple[bool, str]], limit: float) -> bool:
        """Show what ``look`` says until it is done; False if it is not within ``limit`` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            done, text = look()
            self.display.show(text, at_once=done)
            if done:
                self.display.end()
                return True
            time.sleep(_POLL_SECONDS)
        self.display.end()
        return False

    def progress(self, load: Load) -> tuple[bool, str]:
        """Whether all of it is completed, and how far it is."""
        rows = self.rows(load.uploads)
        done = sum(row["status"] == "COMPLETED" for row in rows)
        failed = sum(row["status"] == "FAILED" for row in rows)
        parts = [f"{len(load.uploads)} of {load.files} uploaded"]
        for region in self.deployment.regions:
            begun = sum(row["status"] == "STARTED" and row["region"] == region for row in rows)
            parts.append(f"{begun} begun in {region}")
        parts.append(f"{done} done" + (f", {failed} failed" if failed else ""))
        return done == load.files, "; ".join(parts)
