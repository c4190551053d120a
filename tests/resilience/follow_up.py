"""What the operator does after the runbook, if its report or an alarm has told that more is left.

It is what docs/operations.md says under "What the report says" and "When an alarm rings".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.resilience.actors import Operator
from tests.resilience.checker import is_result, run_of
from tests.resilience.environment import Scene

MOST = 3


class FollowUp:
    """Of one seed, whose files have ``tag`` in their keys."""

    def __init__(self, scene: Scene, operator: Operator, tag: str) -> None:
        self._scene = scene
        self._operator = operator
        self._tag = tag
        self._since = datetime.now(UTC)
        self._rung = set().union(*(self._left(each) for each in scene.deployment.regions))
        self.decided = 0
        self.closed: set[str] = set()  # runs whose mail had gone
        self.needless: list[str] = []

    def until_quiet(self, region: str, report: dict[str, Any], *, mails_hit: bool) -> None:
        """``mails_hit``: whether a strike may be why a mail is uncertain."""
        for _ in range(MOST):
            self._rest()
            self._decide_uncertain(region, report, mails_hit=mails_hit)
            if not self._must_run_again(region, report):
                return
            report = self._operator.make_active(region, lambda: None)
        self._rest()

    def _rest(self) -> None:
        if not self._scene.rest():
            raise AssertionError(f"not at rest: {self._scene.what_moves()}")

    def _must_run_again(self, region: str, report: dict[str, Any]) -> bool:
        letters = sum(self._scene.dead_letters(each) for each in self._scene.deployment.regions)
        left = report["missing"] + report["uncertain"] + report["errors"]
        return bool(left or letters or self._rings(region))

    def _rings(self, region: str) -> bool:
        """Of runs that failed, timed out or were aborted, and of inputs that came too late."""
        runs = {
            run.arn: run.input["run_id"]
            for run in self._scene.runs("FAILED", "ABORTED", "TIMED_OUT")
            if self._tag in run.input["key"] and f":{region}:" in run.arn
        }
        new = (runs.keys() | self._left(region)) - self._rung
        self._rung |= new
        for arn in new & runs.keys():
            self._reopen(runs[arn], region)
        return bool(new)

    def _reopen(self, run_id: str, region: str) -> None:
        """A run that failed here is begun again when its row says STARTED."""
        row = self._scene.row_in(region, run_id) or {}
        certain = row.get("error") != "MailUnconfirmed"
        if (row.get("status"), row.get("region")) == ("FAILED", region) and certain:
            self._scene.change_row(run_id, region, "SET #status = :status", status="STARTED")

    def _left(self, region: str) -> set[str]:
        """Each number rings once, also that of a seed before, in the same minute."""
        number = self._scene.files_left(region, self._since)
        return {f"{number} files left in {region}"} if number else set()

    def _decide_uncertain(self, region: str, report: dict[str, Any], *, mails_hit: bool) -> None:
        for row in self._scene.rows(region, self._tag):
            told = report["uncertain"] or row.get("error") == "MailUnconfirmed"
            unknown = "mail_claimed_at" in row and "mail_message_id" not in row
            if told and unknown and row["status"] != "SUPERSEDED":
                self.decided += 1
                if not mails_hit:
                    why = "its mail is uncertain, and nothing hit it"
                    self.needless.append(f"{row['key']}: {why}")
                self._ask_the_recipient(row["run_id"], region, report)

    def _ask_the_recipient(self, run_id: str, region: str, report: dict[str, Any]) -> None:
        mails = self._scene.mails(self._tag)
        if any(run_of(mail) == run_id and is_result(mail) for mail in mails):
            self.closed.add(run_id)
            self._scene.change_row(run_id, region, "SET #status = :status", status="SUPERSEDED")
        else:
            update = "SET #status = :status REMOVE mail_claimed_at"
            self._scene.change_row(run_id, region, update, status="STARTED")
            report["uncertain"] += 1
