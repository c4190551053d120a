"""What the operator does after the runbook, if its report or an alarm says that more is left.

It is what docs/operations.md says under "What the report says" and "When an alarm rings".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.resilience.actors import Operator
from tests.resilience.checker import run_of
from tests.resilience.environment import Environment
from tools.harness.mails import is_result
from tools.harness.runs import Row

MOST_PASSES = 5
FOR_PEOPLE = ("missing", "unreadable", "uncertain", "unconfirmed", "errors")


class FollowUp:
    """Of one seed, whose files have ``tag`` in their keys."""

    def __init__(self, environment: Environment, operator: Operator, tag: str) -> None:
        self._environment = environment
        self._operator = operator
        self._tag = tag
        self._since = datetime.now(UTC)
        regions = environment.deployment.regions
        self._alarms = set().union(*(self._not_reconciled(region) for region in regions))
        self._unconfirmed: set[str] = set()
        self.uncertain_mails = 0
        self.closed_runs: set[str] = set()  # whose mail had gone
        self.violations: list[str] = []

    def until_quiet(self, region: str, report: dict[str, Any], *, mails_may_be_cut: bool) -> None:
        """``mails_may_be_cut``: whether a fault may be why a mail is uncertain."""
        self._unconfirmed = set()
        for _ in range(MOST_PASSES):
            self._environment.settle()
            must_run_again = self._must_run_again(region, report)
            has_decided = self._decide(region, report, mails_may_be_cut=mails_may_be_cut)
            if must_run_again:
                report = self._operator.make_active(region, lambda: None)
            elif not has_decided:
                return
        self._environment.settle()

    def _must_run_again(self, region: str, report: dict[str, Any]) -> bool:
        environment = self._environment
        letters = sum(
            environment.take_dead_letters(name) for name in environment.deployment.regions
        )
        number = self._not_reconciled(region)
        is_new = bool(number - self._alarms)
        self._alarms |= number
        return bool(any(report.get(name) for name in FOR_PEOPLE) or letters or is_new)

    def _not_reconciled(self, region: str) -> set[str]:
        """Each number rings once, also that of a seed before, in the same minute."""
        number = self._environment.files_not_reconciled(region, self._since)
        return {f"{number} files not reconciled in {region}"} if number else set()

    def _decide(self, region: str, report: dict[str, Any], *, mails_may_be_cut: bool) -> bool:
        """Retry or give up what the report or an alarm has named; whether there was any."""
        alarms = self._failed_runs(region)
        has_decided = False
        for row in self._environment.rows(region, self._tag):
            is_named = row["status"] == "UNCERTAIN" and self._is_reported(row, report)
            if is_named:
                self._count_uncertain(row, mails_may_be_cut=mails_may_be_cut)
                self._ask_the_recipient(row, region)
            elif row["status"] == "FAILED" and row["run_id"] in alarms:
                is_named = True
                self._retry(row, region)
            elif row["key"] in report["files"].get("missing", []):
                is_named = row["status"] in ("STARTED", "FAILED", "SUPERSEDED")
                if is_named and not self._environment.has_input(region, row):
                    self._environment.command(region, "give_up", row["run_id"])
            has_decided = has_decided or is_named
        return self._begin_unconfirmed(region, report) or has_decided

    def _begin_unconfirmed(self, region: str, report: dict[str, Any]) -> bool:
        """What a second report names again, when all had time to come over, is an upload whose
        marks are no system's; whether there was any.
        """
        keys = set(report["files"].get("unconfirmed", ()))
        again, self._unconfirmed = keys & self._unconfirmed, keys
        runs = self._environment.arrived_runs(region, again)
        for run_id in runs:
            self._environment.command(region, "retry", run_id)
        return bool(runs)

    def _failed_runs(self, region: str) -> set[str]:
        """Runs here that failed, timed out or were aborted: each execution rings once."""
        runs = {
            run.arn: run.input["run_id"]
            for run in self._environment.runs("FAILED", "ABORTED", "TIMED_OUT")
            if self._tag in run.input["key"] and run.region == region
        }
        new = runs.keys() - self._alarms
        self._alarms |= new
        return {runs[arn] for arn in new}

    def _is_reported(self, row: Row, report: dict[str, Any]) -> bool:
        errors = {attempt.get("error") for attempt in row["attempts"]}
        return bool(report["uncertain"]) or "MailUnconfirmed" in errors

    def _count_uncertain(self, row: Row, *, mails_may_be_cut: bool) -> None:
        self.uncertain_mails += 1
        if not mails_may_be_cut:
            self.violations.append(
                f"{row['key']}: its mail is uncertain, though no fault touched it"
            )

    def _ask_the_recipient(self, row: Row, region: str) -> None:
        mails = self._environment.mails(self._tag)
        if not any(run_of(mail) == row["run_id"] and is_result(mail) for mail in mails):
            self._retry(row, region)
        elif self._environment.command(region, "give_up", row["run_id"])["status"] == "GIVEN_UP":
            self.closed_runs.add(row["run_id"])

    def _retry(self, row: Row, region: str) -> None:
        """Try again what failed here; without its input there is nothing to try."""
        outcome = self._environment.command(region, "retry", row["run_id"])["outcome"]
        if outcome == "missing" and not self._environment.has_input(region, row):
            self._environment.command(region, "give_up", row["run_id"])
