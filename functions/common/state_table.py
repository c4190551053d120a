"""The Batch State table: an item for each attempt at a run and Region, each arrival, each note.

The table is a global one: it keeps whole items, the last writer wins, and a condition sees the
local copy only. So a Region writes no other items than its own, whose key begins with its name; IAM
refuses others. Reads are of both Regions' items, and common.run_state says what they mean.

The SDK repeats a write whose response was lost. So each condition also holds for an item that this
very write has changed already, which shows by a token, a claim or a message id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.attempts import AttemptId
from common.run_state import COMPLETED, FAILED, STARTED, SUPERSEDED
from common.runs import ARRIVAL, Item, now
from common.state_reader import NOTES, StateReader, serialize

STATUSES = {":started": STARTED, ":failed": FAILED, ":superseded": SUPERSEDED}
# A failed attempt may be redriven and then complete; nothing changes the other statuses.
IS_OPEN = "#status IN (:started, :failed)"
# Nobody has claimed the mail but this very write.
IS_MAIL_FREE = "(attribute_not_exists(#mail_claim) OR #mail_claim = :mail_claim)"
# Somebody claimed the mail, and nobody knows whether it was sent: docs/decisions.md.
IS_MAIL_UNCERTAIN = "(attribute_exists(#mail_claim) AND attribute_not_exists(#mail_message_id))"
# This very write has completed the attempt already.
IS_COMPLETED_SO = "#mail_message_id = :mail_message_id"


@dataclass(frozen=True)
class StateTable(StateReader):
    """Writes items of `region`, and reads those of both. Errors are botocore's."""

    # ---------------------------------------------------------------------- beginning, and arrivals

    def create(self, item: Item) -> bool:
        """Store a new item. Return False, and change nothing, if there is one with its key.

        An item with the same copy token is this very one: the SDK has repeated the write.
        """
        condition, values = "attribute_not_exists(#item)", {}
        if "copy_token" in item:
            condition += " OR copy_token = :copy_token"
            values = {"ExpressionAttributeValues": {":copy_token": serialize(item["copy_token"])}}
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={name: serialize(value) for name, value in item.items()},
                ConditionExpression=condition,
                ExpressionAttributeNames={"#item": "item"},
                **values,  # type: ignore[arg-type]  # empty, or the values of the condition
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def delete_arrival(self, run_id: str) -> None:
        """Delete this Region's arrival, if there is one."""
        self.dynamodb.delete_item(TableName=self.table, Key=self._key(run_id, ARRIVAL))

    def write_note(self, name: str, values: Mapping[str, Any]) -> None:
        """Store, or replace, something that the functions of this Region have to remember."""
        item = {name: serialize(value) for name, value in values.items()}
        self.dynamodb.put_item(TableName=self.table, Item=item | self._key(NOTES, name))

    def delete_note(self, name: str) -> None:
        """Delete a note, if there is one."""
        self.dynamodb.delete_item(TableName=self.table, Key=self._key(NOTES, name))

    def withdraw(self, attempt: AttemptId, token: str) -> bool:
        """Delete an attempt whose copy S3 refused. Return False if its copy exists after all."""
        try:
            self.dynamodb.delete_item(
                TableName=self.table,
                Key=self._key(attempt.run_id, attempt.item),
                ConditionExpression=(
                    "copy_token = :copy_token AND attribute_not_exists(copy_version_id)"
                ),
                ExpressionAttributeValues={":copy_token": serialize(token)},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def record_copy(self, attempt: AttemptId, token: str, version_id: str) -> bool:
        """Note which version the copy for the attempt is, once. Return False if it is another."""
        is_free = "(attribute_not_exists(#copy_version_id) OR #copy_version_id = :copy_version_id)"
        values = {"copy_version_id": version_id, "updated_at": now()}
        condition = f"#copy_token = :copy_token AND {is_free}"
        return self._update(attempt, values, condition, {":copy_token": token})

    def forget_beginning(self, attempt: AttemptId, token: str) -> bool:
        """Note that the copy may not exist, so that the next pass waits for no execution."""
        values, condition = {"updated_at": now()}, "#copy_token = :copy_token"
        return self._update(attempt, values, condition, {":copy_token": token}, ["begun_at"])

    # -------------------------------------------------------------------------------------- closing

    def supersede(self, attempt: AttemptId) -> bool:
        """Set SUPERSEDED. Return False if the attempt ended otherwise, or may have sent a mail."""
        condition = f"#status IN (:started, :superseded) AND NOT {IS_MAIL_UNCERTAIN}"
        return self._update(attempt, {"status": SUPERSEDED, "updated_at": now()}, condition)

    def claim_mail(self, attempt: AttemptId, claim: str) -> bool:
        """Claim the right to send the mail of an attempt that completed. Return False if taken.

        A claim whose mail was accepted belongs to the notice of an earlier failure: the execution
        was redriven since, and gets a mail of its own.
        """
        is_free = f"({IS_MAIL_FREE} OR attribute_exists(#mail_message_id))"
        return self._claim(attempt, claim, f"{IS_OPEN} AND {is_free}", ["mail_message_id"])

    def claim_failure_mail(self, attempt: AttemptId, claim: str) -> bool:
        """Claim the right to send the notice of a failure, unless this attempt claimed a mail."""
        return self._claim(attempt, claim, f"{IS_OPEN} AND {IS_MAIL_FREE}")

    def release_mail(self, attempt: AttemptId, claim: str) -> bool:
        """Give a claim back, after a mail that was certainly not sent."""
        removed = ["mail_claim", "mail_claimed_at"]
        return self._update_claimed(attempt, claim, {"updated_at": now()}, removed=removed)

    def complete(self, attempt: AttemptId, claim: str, result: Mapping[str, Any]) -> bool:
        """Set COMPLETED and the attributes of `result`, if the claim still stands."""
        at = now()
        values = {"status": COMPLETED, "completed_at": at, "updated_at": at, **result}
        condition, removed = f"({IS_OPEN} OR {IS_COMPLETED_SO})", ["error", "reason"]
        return self._update_claimed(attempt, claim, values, condition, removed)

    def fail(self, attempt: AttemptId, error: str, reason: str) -> bool:
        """Set FAILED. Return False if the attempt is closed or unknown."""
        values = {"status": FAILED, "error": error, "reason": reason, "updated_at": now()}
        return self._update(attempt, values, IS_OPEN)

    def record_failure_mail(self, attempt: AttemptId, claim: str, message_id: str) -> bool:
        """Store the message id of the notice of a failure."""
        values = {"mail_message_id": message_id, "updated_at": now()}
        return self._update_claimed(attempt, claim, values)

    def _claim(
        self, attempt: AttemptId, claim: str, condition: str, removed: Iterable[str] = ()
    ) -> bool:
        at = now()
        values = {"mail_claim": claim, "mail_claimed_at": at, "updated_at": at}
        return self._update(attempt, values, condition, removed=removed)

    def _update_claimed(
        self,
        attempt: AttemptId,
        claim: str,
        values: Mapping[str, Any],
        condition: str = "",
        removed: Iterable[str] = (),
    ) -> bool:
        """Update the item while its mail is claimed by `claim`."""
        is_claimed = "#mail_claim = :claim"
        condition = f"{condition} AND {is_claimed}" if condition else is_claimed
        return self._update(attempt, values, condition, {":claim": claim}, removed)

    def _update(
        self,
        attempt: AttemptId,
        values: Mapping[str, Any],
        condition: str,
        expected: Mapping[str, Any] | None = None,
        removed: Iterable[str] = (),
    ) -> bool:
        """Set and remove attributes of the own item. Return False if the condition does not hold.

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
                Key=self._key(attempt.run_id, attempt.item),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={
                    alias: serialize(value) for alias, value in arguments.items()
                },
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True
