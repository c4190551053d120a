"""The failover protocol as an executable model (docs/protocol.md): explored to the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.protocol.explorer import History, explore
from tests.protocol.mutations import CONVENIENCES, MUTATIONS, Mutation
from tests.protocol.rules import PRODUCT, Rules
from tests.protocol.state import Budget

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def name(budget: Budget) -> str:
    return ", ".join(f"{value} {fault}" for fault, value in budget._asdict().items() if value)


@pytest.mark.parametrize(
    "budget",
    [
        Budget(),
        Budget(flips=1, failures=1, stale_dns=1),
        Budget(flips=1, crashes=1),
        Budget(flips=1, lost_replies=1),
        Budget(flips=1, late_events=1, slow_claims=1),
        Budget(flips=1, strays=1),
        Budget(flips=1, replicas=1, archived=1),
        Budget(flips=1, commands=1),
    ],
    ids=name,
)
def test_no_run_is_mailed_twice_reopened_or_lost_but_for_the_named_residual(budget: Budget) -> None:
    result = explore(budget)
    assert result.violations == {}
    assert result.at_rest > 0


def test_the_residual_has_three_kinds_and_the_page_names_them() -> None:
    result = explore(Budget())
    assert result.residual > 0
    lengths = {kind: str(len(history)) for kind, history in result.residuals.items()}
    rows = re.findall(r"^\| ([a-zA-Z ,-]+) \| (\d+) \| [^|]+ \|$", PAGE.read_text(), re.MULTILINE)
    assert dict(rows) == lengths


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_without_a_rule_the_explorer_finds_what_the_rule_is_good_for(mutation: Mutation) -> None:
    rules = PRODUCT._replace(**{mutation.rule: False})
    (violation,) = explore(mutation.budget, rules, stop=lambda _: True).violations.items()
    assert (violation[0], len(violation[1])) == (mutation.violation, mutation.steps)


@pytest.mark.parametrize("rule", CONVENIENCES)
def test_a_convenience_breaks_nothing_if_it_is_missing(rule: str) -> None:
    assert explore(CONVENIENCES[rule], PRODUCT._replace(**{rule: False})).violations == {}


def test_each_rule_is_taken_out_and_the_page_says_what_happens() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+) \| (\d+|none) \|$", PAGE.read_text(), re.MULTILINE)
    results = [(mutation.rule, mutation.violation, str(mutation.steps)) for mutation in MUTATIONS]
    assert rows == [*results, *((rule, "none", "none") for rule in CONVENIENCES)]
    assert {row[0] for row in rows} == set(Rules._fields)


@pytest.mark.parametrize(
    ("budget", "cause"),
    [
        (Budget(late_chunks=1), "fails and notes why"),
        (Budget(failures=1), "fails while the fence does not answer"),
    ],
    ids=["a chunk", "the run"],
)
def test_with_one_shared_row_a_late_write_reopens_a_finished_run(
    budget: Budget, cause: str
) -> None:
    """The reported double mail: the old Region's whole row replaces the winner's COMPLETED one."""

    def is_the_report(history: History) -> bool:
        """The write comes after the other Region has completed the run."""
        writes = [place for place, step in enumerate(history) if cause in step]
        completed = [place for place, step in enumerate(history) if "completes the run" in step]
        return bool(writes and completed and completed[0] < writes[0])

    result = explore(budget, PRODUCT._replace(own_items=False), stop=is_the_report)
    (history,) = result.violations.values()
    assert is_the_report(history)
