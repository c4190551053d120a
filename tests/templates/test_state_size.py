"""The records that are taken together fit into the state of a workflow, whatever is in them."""

from __future__ import annotations

import heapq
import json
import sys
import unicodedata
from functools import cache

from common.records import INPUT_COLUMNS
from common.visible_text import visible
from tests.templates.loading import read_template
from validator.hidden_characters import hidden_characters
from validator.rules import RULES

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
STATE_BYTES = 262_144
PARAMETERS = read_template("templates/batch.yaml")["Parameters"]


def test_records_that_are_all_rejected_with_all_reasons_fit_into_state() -> None:
    """The chunk has its bytes at most, and each of its records has the longest reasons."""
    records = PARAMETERS["RecordsPerCall"]["MaxValue"]
    assert PARAMETERS["ChunkBytes"]["MaxValue"] + records * longest_reasons() <= STATE_BYTES


@cache
def longest_reasons() -> int:
    """Return the bytes of every rule's reason, and of the longest ones for hidden characters."""
    text = " " + "".join(longest_names(6)) + " "
    reasons = [rule.reason for rule in RULES]
    reasons += hidden_characters(dict.fromkeys(INPUT_COLUMNS, text))
    return len(json.dumps({"reasons": reasons}))


def longest_names(count: int) -> list[str]:
    """Return the hidden characters with the longest names."""
    hidden = (chr(code) for code in range(sys.maxunicode + 1) if visible(chr(code)) != chr(code))
    return heapq.nlargest(count, hidden, key=lambda each: len(unicodedata.name(each, "")))
