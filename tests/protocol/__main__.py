"""Explores the failover protocol to the end and prints what was found: `make model`."""

from __future__ import annotations

import sys
import time

from tests.protocol.explorer import explore
from tests.protocol.mutations import CONVENIENCES, MUTATIONS
from tests.protocol.rules import PRODUCT
from tests.protocol.state import Budget

BUDGETS = (
    Budget(),
    Budget(archived=1),
    Budget(late_events=1, slow_claims=1),
    Budget(crashes=1, lost_replies=1, failures=1, flips=1),
    Budget(crashes=1, commands=1, flips=1),
    Budget(commands=2, flips=1),
    Budget(crashes=1, strays=1, replicas=1, flips=1),
    Budget(crashes=1, failures=1, late_chunks=1, stale_dns=1),
)


def main() -> int:
    """Return 1 if an invariant is violated."""
    is_violated = False
    for budget in BUDGETS:
        spent = (f"{value} {name}" for name, value in budget._asdict().items() if value)
        print(", ".join(spent), "…", flush=True)
        begin = time.monotonic()
        result = explore(budget)
        seconds = time.monotonic() - begin
        print(f"  {result.states:,} states, {result.steps:,} steps, {seconds:.0f} s")
        print(f"  {result.at_rest:,} at rest, {result.residual:,} with two mails by the residual")
        for violation, history in result.violations.items():
            is_violated = True
            print(f"  VIOLATED: {violation}")
            print("".join(f"    {number:2d}. {step}\n" for number, step in enumerate(history, 1)))
    print("An invariant is violated." if is_violated else "Every invariant holds.")
    _print_mutations()
    return int(is_violated)


def _print_mutations() -> None:
    for mutation in MUTATIONS:
        rules = PRODUCT._replace(**{mutation.rule: False})
        violations = explore(mutation.budget, rules, stop=lambda _: True).violations
        for violation, history in violations.items():
            print(f"Without {mutation.rule}: {violation}, after {len(history)} steps")
    print(f"Without {', '.join(CONVENIENCES)}: nothing is violated")


if __name__ == "__main__":
    sys.exit(main())
