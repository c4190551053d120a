"""The Batch State table: one row for each run. Every change of a row has a condition.

The table is a global one, and a condition is checked against the local copy. So it prevents double
work within a Region; the DNS record decides between Regions (emailer/supersession.py).

A Region that takes a run over raises its `attempt`. A late write of the other Region can still
replace the newer row, since the last writer wins. That is why the condition of an owner is that the
row names no later attempt: then the owner's next write replaces the late one.

The SDK repeats a write whose response was lost. So each condition also holds for a row that this
very write has changed already, which shows by its time or its message id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from common.runs import Owner, now

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

# A failed run may be redriven and then complete; nothing changes the other two statuses.
IS_OPEN = "#status IN (:started, :failed)"
STATUSES = {":started": "STARTED", ":failed": "FAILED"}
IS_NOT_SUPERSEDED = "(#attempt < :attempt OR (#attempt = :attempt AND #region = :region))"
# Somebody claimed the mail, and nobody knows whether it was sent: docs/decisions.md.
IS_MAIL_UNCERTAIN = (
    "(attribute_exists(#mail_claimed_at) AND attribute_not_exists(#mail_message_id))"
)
# Nobody has claimed the mail but this very write.
IS_MAIL_FREE = "(attribute_not_exists(#mail_claimed_at) OR #mail_claimed_at = :mail_claimed_at)"
# This very write has completed the run already.
IS_COMPLETED_SO = "#mail_message_id = :mail_message_id"
INDEX = "by-status"
BATCH = 100  # keys that BatchGetItem takes
PAGE = 500  # rows between two checks of the time that is left


@dataclass(frozen=True)
class StateTable:
    """The rows as plain Python values. Errors are botocore's."""

    dynamodb: DynamoDBClient
    table: str

    def create(self, row: Mapping[str, Any]) -> bool:
        """Store a new row. Return False, and change nothing, if the run has one already."""
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={name: _serialize(value) for name, value in row.items()},
                ConditionExpression="attribute_not_exists(run_id)",
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, run_id: str) -> dict[str, Any] | None:
        """Return the row, read consistently, or None."""
        response = self.dynamodb.get_item(
            TableName=self.table, Key={"run_id": {"S": run_id}}, ConsistentRead=True
        )
        item = response.get("Item")
        return _plain(item) if item else None

    def get_existing(self, run_id: str) -> dict[str, Any]:
        """Return the row. Raises LookupError if there is none."""
        row = self.get(run_id)
        if row is None:
            raise LookupError(f"no row in the state table for run {run_id}")
        return row

    def pages_with_status(self, status: str, since: str = "") -> Iterator[list[dict[str, Any]]]:
        """Yield pages of the rows of a status that started at `since` or later, oldest first.

        The index, which is read, follows the table after a moment.
        """
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=INDEX,
            KeyConditionExpression="#status = :status AND started_at >= :since",
            ExpressionAttributeNames={"#status": "status"},
            # a key may not be compared with an empty text; every time sorts after a space
            ExpressionAttributeValues={":status": {"S": status}, ":since": {"S": since or " "}},
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            yield [_plain(item) for item in page["Items"]]

    def existing_runs(self, run_ids: Iterable[str]) -> set[str]:
        """Return the ids of those runs that have a row."""
        pending, existing = sorted(set(run_ids)), set[str]()
        while pending:
            keys: Any = [{"run_id": {"S": run_id}} for run_id in pending[:BATCH]]
            request: Any = {"Keys": keys, "ProjectionExpression": "run_id", "ConsistentRead": True}
            response = self.dynamodb.batch_get_item(RequestItems={self.table: request})
            existing |= {item["run_id"]["S"] for item in response["Responses"].get(self.table, [])}
            unprocessed: Any = response["UnprocessedKeys"].get(self.table, {"Keys": []})
            pending = [key["run_id"]["S"] for key in unprocessed["Keys"]] + pending[BATCH:]
        return existing

    def take_over(self, row: Mapping[str, Any], region: str) -> bool:
        """Make the row the next attempt, of `region`. Return False if it has changed since.

        A row that is closed, or whose mail is uncertain, is never taken over.
        """
        at = now()
        values = {
            "status": "STARTED",
            "region": region,
            "attempt": row["attempt"] + 1,
            "requeued_at": at,
            "updated_at": at,
        }
        read = {":read_attempt": row["attempt"], ":read_region": row["region"]}
        is_as_read = "#attempt = :read_attempt AND #region = :read_region"
        can_be_taken = f"{IS_OPEN} AND {is_as_read} AND NOT {IS_MAIL_UNCERTAIN}"
        is_taken_so = "#attempt = :attempt AND #region = :region AND #requeued_at = :requeued_at"
        condition = f"({can_be_taken}) OR ({is_taken_so} AND #status = :status)"
        removed = ["error", "reason", "mail_claimed_at", "mail_message_id"]
        return self._update(row["run_id"], values, condition, read, removed)

    def clear_requeued(self, run_id: str, owner: Owner) -> bool:
        """Note that the copy was not made, so that the next pass waits for no execution."""
        condition = "#region = :region AND #attempt = :attempt"
        expected = {":region": owner.region, ":attempt": owner.attempt}
        return self._update(
            run_id, {"updated_at": now()}, condition, expected, removed=["requeued_at"]
        )

    def claim_mail(self, run_id: str, at: str, owner: Owner) -> bool:
        """Claim the right to send the mail of a run that completed. Return False if it is taken.

        A claim whose mail was accepted belongs to the notice of an earlier failure: the run was
        redriven since, and gets a mail of its own.
        """
        is_free = f"({IS_MAIL_FREE} OR attribute_exists(#mail_message_id))"
        values = {"mail_claimed_at": at, "updated_at": at, **owner._asdict()}
        condition = f"{IS_OPEN} AND {IS_NOT_SUPERSEDED} AND {is_free}"
        return self._update(run_id, values, condition, removed=["mail_message_id"])

    def claim_failure_mail(self, run_id: str, at: str, owner: Owner) -> bool:
        """Claim the right to send the notice of a failure, unless this attempt claimed a mail."""
        condition = f"{IS_OPEN} AND {IS_NOT_SUPERSEDED} AND {IS_MAIL_FREE}"
        values = {"mail_claimed_at": at, "updated_at": at, **owner._asdict()}
        return self._update(run_id, values, condition)

    def release_mail(self, run_id: str, claim: str) -> bool:
        """Give a claim back, after a mail that was certainly not sent."""
        values = {"updated_at": now()}
        return self._update_claimed(run_id, claim, values, removed=["mail_claimed_at"])

    def complete(self, run_id: str, claim: str, result: Mapping[str, Any]) -> bool:
        """Set COMPLETED and the attributes of `result`, if the claim still stands."""
        at = now()
        values = {"status": "COMPLETED", "completed_at": at, "updated_at": at, **result}
        return self._update_claimed(
            run_id, claim, values, f"({IS_OPEN} OR {IS_COMPLETED_SO})", removed=["error", "reason"]
        )

    def fail(self, run_id: str, error: str, reason: str, owner: Owner) -> bool:
        """Set FAILED. Return False if the run is closed, unknown or another owner's."""
        values = {"status": "FAILED", "error": error, "reason": reason, "updated_at": now()}
        return self._update(run_id, values | owner._asdict(), f"{IS_OPEN} AND {IS_NOT_SUPERSEDED}")

    def record_failure_mail(self, run_id: str, claim: str, message_id: str) -> bool:
        """Store the message id of the notice of a failure."""
        values = {"mail_message_id": message_id, "updated_at": now()}
        return self._update_claimed(run_id, claim, values)

    def _update_claimed(
        self,
        run_id: str,
        claim: str,
        values: Mapping[str, Any],
        condition: str = "",
        removed: Iterable[str] = (),
    ) -> bool:
        """Update the row while its mail is claimed by `claim`."""
        is_claimed = "#mail_claimed_at = :claim"
        condition = f"{condition} AND {is_claimed}" if condition else is_claimed
        return self._update(run_id, values, condition, {":claim": claim}, removed)

    def _update(
        self,
        run_id: str,
        values: Mapping[str, Any],
        condition: str,
        expected: Mapping[str, Any] | None = None,
        removed: Iterable[str] = (),
    ) -> bool:
        """Set and remove attributes. Return False if the condition does not hold.

        `expected` are the values of the condition, by their placeholders.
        """
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if removed:
            update += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        # Some attributes (`status`, `key`, `error`) are reserved words, so every name has an alias.
        names = {f"#{name}": name for name in re.findall(r"#(\w+)", f"{update} {condition}")}
        conditional = STATUSES | dict(expected or {})
        arguments = {alias: value for alias, value in conditional.items() if alias in condition}
        arguments |= {f":{name}": value for name, value in values.items()}
        try:
            self.dynamodb.update_item(
                TableName=self.table,
                Key={"run_id": {"S": run_id}},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={
                    alias: _serialize(value) for alias, value in arguments.items()
                },
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}
