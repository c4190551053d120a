"""Watches the calls to the state table for what the final state does not show."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from localcloud.testing import Call

from common.runs import now, run_of_items
from tests.e2e.foreign_writes import item_key
from tests.resilience.environment import Environment
from tests.resilience.plan import FENCE_WAIT, When
from tools.harness.runs import Item

NOTE_SECONDS = 5.0
BEGINNERS = ("reconciler", "trigger")
_Reader = tuple[str, str, str]  # a function, its Region, a run


class TableWatch:
    """Of one seed, whose run ids contain ``tag``.

    ``unseen_claims``: the runs whose mail was claimed in both Regions while neither could know of
    the other's claim, ``is_excused`` by a fault. ``begun_again``: sentences about attempts that a
    Region began though its own copy of the table said that the run had ended. ``mistimed_claims``:
    the same about mails that a Region claimed when it had long not been active any more, though
    ``dns_is_sound``, or when it had become active just before.
    """

    def __init__(self, environment: Environment, tag: str) -> None:
        self._environment = environment
        self._tag = tag
        self._lock = threading.Lock()
        self._looks: dict[_Reader, str] = {}  # when it last looked at the run
        self._ended: dict[_Reader, bool] = {}  # whether the run had ended by then
        self.is_excused: Callable[[], bool] = lambda: False
        self.unseen_claims: set[str] = set()
        self.begun_again: list[str] = []
        self.dns_is_sound: Callable[[], bool] = lambda: True
        self.mistimed_claims: list[str] = []
        self._active, self._active_since = "", 0.0

    def activate(self, region: str) -> None:
        """The routing controls make the Region the active one, perhaps once more."""
        with self._lock:
            if region != self._active:
                self._active, self._active_since = region, time.monotonic()

    def at_call(self, when: When, caller: str, call: Call) -> None:
        """``call`` is a query, a put or an update by a function of the system."""
        if call.operation == "Query":
            self._look(when, caller, call)
            return
        region, _, run_id = _partition(call).partition("/")
        if self._tag not in run_id:
            return
        if call.operation == "PutItem" and caller in BEGINNERS and when == "after":
            self._begin(caller, region, run_id, call.params["Item"])
        values = call.params.get("ExpressionAttributeValues", {})
        if caller == "emailer" and ":mail_claim" in values:
            self._claim(region, run_id)
            # only the claim for a result looks for the id of an earlier notice
            names = call.params.get("ExpressionAttributeNames", {})
            self._check_time(region, run_id, is_result="#mail_message_id" in names)

    def _look(self, when: When, caller: str, call: Call) -> None:
        """The own items of a run are read first, those of the other Region after that."""
        owner = call.params.get("ExpressionAttributeValues", {}).get(":owner", {}).get("S", "")
        region, _, run_id = owner.partition("/")
        if when == "before" and region == call.region and self._tag in run_id:
            run = run_of_items(self._environment.items(region, run_id))
            with self._lock:
                self._looks[caller, region, run_id] = now()
                self._ended[caller, region, run_id] = run.is_closed

    def _begin(self, caller: str, region: str, run_id: str, item: Item) -> None:
        if "attempt" in item and self._ended.get((caller, region, run_id)):
            number = item["attempt"]["N"]
            self.begun_again.append(
                f"the {caller} of {region} begins attempt {number} at {run_id}, which had ended"
            )

    def _check_time(self, region: str, run_id: str, *, is_result: bool) -> None:
        """The wait outlasts each mail that DNS still allowed at the flip, and none comes in it."""
        seconds = time.monotonic() - self._active_since
        is_late = self._active not in ("", region) and seconds > FENCE_WAIT
        if is_late and self.dns_is_sound():
            self.mistimed_claims.append(
                f"{region} claims the mail of {run_id} {seconds:.0f} s after the other Region"
                " became active"
            )
        # The emailer counts from its own note, which is written just before and just after.
        if is_result and self._active == region and seconds < FENCE_WAIT - NOTE_SECONDS:
            self.mistimed_claims.append(
                f"{region} mails the result of {run_id} {seconds:.0f} s after it became active"
            )

    def _claim(self, region: str, run_id: str) -> None:
        """Whether the other Region has claimed the mail, and this one did not see it."""
        other = self._environment.other(region)
        looked_at = self._looks.get(("emailer", region, run_id), "")
        visible = {
            item["item"]
            for item in self._environment.items(region, run_id)
            if item["region"] == other and "mail_claim" in item
        }
        unseen = [
            item
            for item in self._environment.items(other, run_id)
            if item["region"] == other and "mail_claim" in item
            if item["item"] not in visible or item["mail_claimed_at"] >= looked_at
        ]
        if unseen and self.is_excused():
            self.unseen_claims.add(run_id)


def _partition(call: Call) -> str:
    has_key = {"Key", "Item"} & call.params.keys()
    is_of_table = str(call.params.get("TableName", "")).startswith("batch-state")
    return item_key(call.params) if has_key and is_of_table else "/"
