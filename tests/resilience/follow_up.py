"""What the operator does after the runbook, if its report or an alarm says that more is left.

It is what docs/operations.md says under "What the report says" and "When an alarm rings".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.resilience.actors import Operator
from tests.resilience.checker import is_result, run_of
from tests.resilience.environment import Environment

MOST_PASSES = 3


class FollowUp:
    """Of one seed, whose files have ``tag`` in their keys."""

    def __init__(self, environment: Environment, operator: Operator, tag: str) -> None:
        self._environment = environment
        self._operator = operator
        self._tag = tag
        self._since = datetime.now(UTC)
        regions = environment.deployment.regions
        self._alarms = set().union(*(self._not_reconciled(region) for region in regions))
        self.uncertain_mails = 0
        self.closed_runs: set[str] = set()  # whose mail had gone
        self.violations: list[str] = []

    def until_quiet(self, region: str, report: dict[str, Any], *, mails_may_be_cut: bool) -> None:
        """``mails_may_be_cut``: whether a fault may be why a mail is uncertain."""
        for _ in range(MOST_PASSES):
            self._environment.settle()
            self._decide_uncertain(region, report, mails_may_be_cut=mails_may_be_cut)
            if not self._must_run_again(region, report):
                return
            report = self._operator.make_active(region, lambda: None)
        self._environment.settle()

    def _must_run_again(self, region: str, report: dict[str, Any]) -> bool:
        environment = self._environment
        letters = sum(
            environment.take_dead_letters(name) for name in environment.deployment.regions
        )
        open_files = report["missing"] + report["uncertain"] + report["errors"]
        return bool(open_files or letters or self._alarm_rings(region))

    def _alarm_rings(self, region: str) -> bool:
        """Of runs that failed, timed out or were aborted, and of inputs that came too late."""
        runs = {
            run.arn: run.input["run_id"]
            for run in self._environment.runs("FAILED", "ABORTED", "TIMED_OUT")
            if self._tag in run.input["key"] and run.region == region
        }
        new = (runs.keys() | self._not_reconciled(region)) - self._alarms
        self._alarms |= new
        for arn in new & runs.keys():
            self._reopen(runs[arn], region)
        return bool(new)

    def _reopen(self, run_id: str, region: str) -> None:
        """A run that failed here is begun again when its row says STARTED."""
        row = self._environment.row_in(region, run_id) or {}
        is_certain = row.get("error") != "MailUnconfirmed"
        if (row.get("status"), row.get("region")) == ("FAILED", region) and is_certain:
            self._set_status(run_id, region, "STARTED")

    def _not_reconciled(self, region: str) -> set[str]:
        """Each number rings once, also that of a seed before, in the same minute."""
        number = self._environment.files_not_reconciled(region, self._since)
        return {f"{number} files not reconciled in {region}"} if number else set()

    def _decide_uncertain(
        self, region: str, report: dict[str, Any], *, mails_may_be_cut: bool
    ) -> None:
        for row in self._environment.rows(region, self._tag):
            is_reported = report["uncertain"] or row.get("error") == "MailUnconfirmed"
            is_unknown = "mail_claimed_at" in row and "mail_message_id" not in row
            if is_reported and is_unknown and row["status"] != "SUPERSEDED":
                self.uncertain_mails += 1
                if not mails_may_be_cut:
                    self.violations.append(
                        f"{row['key']}: its mail is uncertain, though no fault touched it"
                    )
                self._ask_the_recipient(row["run_id"], region, report)

    def _ask_the_recipient(self, run_id: str, region: str, report: dict[str, Any]) -> None:
        mails = self._environment.mails(self._tag)
        if any(run_of(mail) == run_id and is_result(mail) for mail in mails):
            self.closed_runs.add(run_id)
            self._set_status(run_id, region, "SUPERSEDED")
        else:
            self._set_status(run_id, region, "STARTED", " REMOVE mail_claimed_at")
            report["uncertain"] += 1

    def _set_status(self, run_id: str, region: str, status: str, clause: str = "") -> None:
        update = f"SET #status = :status{clause}"
        self._environment.change_row(run_id, region, update, status=status)
