"""Uploads files and waits until each has come out: by the state table and both buckets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tools.acceptance.claims import ClaimFailed
from tools.drill.checks import problems_without_mails
from tools.drill.environment import Environment
from tools.drill.evidence import Evidence, gather
from tools.drill.load import Upload
from tools.harness.expected import calculate
from tools.harness.shell import FINANCIAL_DATA

# Limits, not claims. S3 replicates within 15 minutes by its service level agreement.
RUN_SECONDS, _REPLICA_SECONDS = 1200.0, 1200.0


class Files:
    """The files of one deployment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def upload(self, upload: Upload) -> Upload:
        source = str(upload.source)
        target = f"s3://{self._environment.deployment.mrap_arn}/{upload.key}"
        command = ("aws", "s3", "cp", "--only-show-errors", source, target)
        self._environment.shell.run(*command, quiet=True)
        return upload

    def unmailed(self, upload: Upload) -> list[str]:
        """A sentence as long as the row has no message id."""
        is_mailed = all("mail_message_id" in row for row in self._environment.rows([upload]))
        return [] if is_mailed else ["no id of a mail that SES has accepted"]

    def check_that_all_came_out(self, uploads: Sequence[Upload]) -> str:
        """Every file once, in both tables and buckets; replicas may take their time."""
        self.wait_for_status(uploads, "COMPLETED", RUN_SECONDS)
        self.wait_until_none(lambda: self._problems(uploads), _REPLICA_SECONDS)
        rows = self._environment.rows(uploads)
        attempts = max(int(row["attempt"]) for row in rows)
        total = sum(int(row["rows_in"]) for row in rows)
        rejected = sum(int(row["rows_rejected"]) for row in rows)
        return (
            f"{len(rows)} files, {total} rows in, {rejected} rejected, at most {attempts} attempts"
        )

    def _problems(self, uploads: Sequence[Upload]) -> list[str]:
        return [
            problem
            for file in self.gather(uploads)
            for problem in problems_without_mails(
                file,
                calculate(file.upload.source, FINANCIAL_DATA),
                self._environment.deployment.regions,
            )
        ]

    def gather(self, uploads: Sequence[Upload]) -> list[Evidence]:
        return gather(self._environment.deployment, uploads, mails=[])

    def wait_for_status(self, uploads: Sequence[Upload], status: str, limit: float) -> None:
        """Until every one has this status."""

        def unfinished() -> list[str]:
            rows = {row["key"]: row for row in self._environment.rows(uploads)}
            statuses = {item.name: rows.get(item.key, {}).get("status") for item in uploads}
            return [f"{name} is {actual}" for name, actual in statuses.items() if actual != status]

        self.wait_until_none(unfinished, limit)

    def wait_until_none(self, problems: Callable[[], list[str]], limit: float) -> None:
        """Until there are none; those that are left at the limit make the claim fail."""
        remaining: list[str] = []

        def look() -> tuple[bool, str]:
            nonlocal remaining
            remaining = problems()
            return (
                not remaining,
                f"{len(remaining)} to wait for: {remaining[0]}" if remaining else "all there",
            )

        if not self._environment.watch(look, limit):
            raise ClaimFailed(*remaining)
