"""Explores the failover protocol to the end and prints what was found: `make model`."""

from __future__ import annotations

import sys

from tests.protocol.explorer import explore
from tests.protocol.state import Budget
from tests.protocol.tables import OwnedItems

BUDGETS = (
    Budget(crashes=1, failures=0, late_chunks=0, stale_dns=0),
    Budget(crashes=0, failures=1, late_chunks=1, stale_dns=1),
    Budget(crashes=1, failures=1, late_chunks=1, stale_dns=1),
)


def main() -> int:
    """Return 1 if an invariant is violated."""
    is_violated = False
    for budget in BUDGETS:
        print(f"{OwnedItems.name}, {budget} …", flush=True)
        result = explore(OwnedItems(), budget)
        print(f"  {result.states:,} states, {result.at_rest:,} of them at rest; ", end="")
        print(f"{result.residual:,} of these have two mails, by the named residual")
        for violation, history in result.violations.items():
            is_violated = True
            print(f"  VIOLATED: {violation}")
            print("".join(f"    {number:2d}. {step}\n" for number, step in enumerate(history, 1)))
    print("An invariant is violated." if is_violated else "Every invariant holds.")
    return int(is_violated)


if __name__ == "__main__":
    sys.exit(main())
