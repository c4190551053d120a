"""The claims of a run: each is checked once, timed, and has passed, failed or was not checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PASSED, FAILED, NOT_CHECKED = "passed", "FAILED", "not checked"


class ClaimFailed(Exception):
    """The claim does not hold; each argument is one sentence about it."""


@dataclass(frozen=True)
class Claim:
    """``check`` returns a few words of evidence, or raises; without an essential one, no more."""

    sentence: str
    check: Callable[[], str]
    is_essential: bool = False


@dataclass(frozen=True)
class Result:
    """``detail`` is the evidence, or what is wrong."""

    sentence: str
    outcome: str
    seconds: float = 0.0
    detail: str = ""


def check_all(claims: Sequence[Claim], results: list[Result]) -> None:
    """Append one result for each claim, in their order, also if interrupted."""
    remaining = list(claims)
    try:
        while remaining:
            result = check(remaining[0])
            claim = remaining.pop(0)
            results.append(result)
            if claim.is_essential and result.outcome == FAILED:
                return
    finally:
        results += [Result(claim.sentence, NOT_CHECKED) for claim in remaining]


def check(claim: Claim) -> Result:
    """Check one claim and print its outcome."""
    start, outcome = time.monotonic(), PASSED
    print(f"\n=== {claim.sentence}", flush=True)
    try:
        detail = claim.check()
    except Exception as error:  # whatever it is: what was deployed has to be destroyed
        outcome, detail = FAILED, "; ".join(str(part) for part in error.args) or repr(error)
    seconds = time.monotonic() - start
    print(f"=== {outcome} after {seconds:.0f} s{': ' if detail else ''}{detail}", flush=True)
    return Result(claim.sentence, outcome, seconds, detail)
