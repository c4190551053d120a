"""The report of a run, in Markdown, which names neither the account nor anybody's address."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from tools.acceptance.claims import PASSED, Result
from tools.acceptance.estimate import cost
from tools.harness.shell import ROOT

_ADDRESSES = ("SES_IDENTITY", "SENDER", "RECIPIENT", "OPERATOR_EMAIL")


def write_report(
    place: str,
    regions: Sequence[str],
    started_at: datetime,
    ended_at: datetime,
    versions: Mapping[str, str],
    results: Sequence[Result],
) -> str:
    """Who, when, which versions, and each claim with its outcome and time."""
    hours = (ended_at - started_at).total_seconds() / 3600
    passed = sum(result.outcome == PASSED for result in results)
    bill = f"about ${cost(hours):.2f} by the estimate" if place == "AWS" else "nothing"
    lines = [
        f"# Acceptance run on {place}: {passed} of {len(results)} claims passed",
        "",
        f"- begun {started_at:%Y-%m-%d %H:%M:%S} UTC, ended {ended_at:%Y-%m-%d %H:%M:%S} UTC: "
        f"{hours * 60:.0f} min; it cost {bill}",
        f"- Regions: {' and '.join(regions)}",
        *(f"- {name}: {version}" for name, version in versions.items()),
        "",
        "No mail was read: that SES accepted one is known by its message id in the state table.",
        "",
        "| claim | outcome | seconds | evidence, or what is wrong |",
        "|---|---|---|---|",
        *(_row(result) for result in results),
        "",
    ]
    return "\n".join(lines)


def without_names(text: str, account: str) -> str:
    """The text without the account's number, the addresses of the settings and local folders."""
    text = text.replace(account, "<account>").replace(f"{ROOT}/", "")
    addresses = {os.environ.get(name, "") for name in _ADDRESSES} - {""}
    for address in sorted(addresses, key=len, reverse=True):  # a domain after its addresses
        text = text.replace(address, "<address>")
    return text


def _row(result: Result) -> str:
    detail = " ".join(result.detail.split()).replace("|", "\\|")
    return f"| {result.sentence} | {result.outcome} | {result.seconds:.0f} | {detail[:1500]} |"
