"""Checks the state at the end of a seed, and knows nothing of how it came about.

Every uploaded version has exactly one run, which completed, one correct output that the
Multi-Region Access Point serves from both Regions, and one mail; nothing else was published. No
Region has written an item of the other, and no run that had ended was begun again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from tools.harness.comparison import differences
from tools.harness.expected import Expected
from tools.harness.mails import Mail, is_result, links
from tools.harness.runs import Item, Row

_RUN = re.compile(r"^Run: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Upload:
    """A version that a user uploaded, and what has to come of it, unless its user deletes it."""

    number: int
    key: str
    version_id: str
    expected: Expected
    is_deleted: bool = False


@dataclass(frozen=True)
class FinalState:
    """What there is when all is at rest. ``served`` is what a link led to in a Region.

    Two things are excused, each by what was observed and not by what was planned:
    ``unseen_claims`` are runs whose mail a Region claimed while the claim of the other's was still
    on its way (docs/decisions.md: "What remains"); ``closed_runs`` are runs whose mail had gone
    when the system reported it as uncertain, and which the operator gave up as docs/operations.md
    says. ``wrong_writes`` are sentences about writes to the state table, as they were observed.
    """

    uploads: tuple[Upload, ...]
    rows: dict[str, list[Row]]
    mails: list[Mail]
    served: dict[tuple[str, str], bytes]
    failures: Counter[str] = field(default_factory=Counter)
    running: tuple[str, ...] = ()
    unseen_claims: frozenset[str] = frozenset()
    closed_runs: frozenset[str] = frozenset()
    wrong_writes: tuple[str, ...] = ()


def violations(state: FinalState) -> list[str]:
    """One sentence for each thing that is wrong."""
    sentences = [*state.wrong_writes, *(f"{name} still runs" for name in state.running)]
    for upload in state.uploads:
        sentences += [f"file {upload.number}: {text}" for text in _of_upload(state, upload)]
    return sentences + _of_nobody(state)


def mailed_twice(state: FinalState) -> list[str]:
    """The runs of which two results were mailed: the known residual, where it is excused."""
    results = Counter(run_of(mail) or "" for mail in state.mails if is_result(mail))
    return [run_id for run_id, number in results.items() if number > 1]


def run_of(mail: Mail) -> str | None:
    match = _RUN.search(mail["body"])
    return match[1] if match else None


def _of_upload(state: FinalState, upload: Upload) -> list[str]:
    version = (upload.key, upload.version_id)
    by_region = {
        region: [row for row in rows if (row["key"], row["version_id"]) == version]
        for region, rows in state.rows.items()
    }
    if upload.is_deleted and not any(by_region.values()):
        return []  # before anybody had begun it
    sentences = [
        f"{len(rows)} rows in {region}" for region, rows in by_region.items() if len(rows) != 1
    ]
    if sentences:
        return sentences
    first, *others = [rows[0] for rows in by_region.values()]
    if any(other != first for other in others):
        return [f"its row differs between the Regions: {first} and {others}"]
    mails = [mail for mail in state.mails if run_of(mail) == first["run_id"]]
    return [
        *_of_row(state, upload, first),
        *_of_attempts(first["attempts"]),
        *_of_mails(state, upload, first, mails),
    ]


def _of_row(state: FinalState, upload: Upload, row: Row) -> list[str]:
    if row["run_id"] in state.closed_runs:
        is_closed = row["status"] == "GIVEN_UP"
        return [] if is_closed else [f"its row is {row['status']}, which the operator gave up"]
    if upload.is_deleted and row["status"] == "GIVEN_UP":
        return []
    if row["status"] != "COMPLETED":
        reason = f"{row.get('error', '')} {row.get('reason', '')}".strip()
        return [f"its row is {row['status']}, attempt {row['attempt']} of {row['region']} {reason}"]
    expected = upload.expected
    counts = (row["rows_in"], row["rows_out"], row["rows_rejected"])
    expected_counts = (expected.total, len(expected.rows), len(expected.rejected))
    if counts == expected_counts:
        return []
    return [f"its row counts {counts}, expected {expected_counts}"]


def _of_attempts(attempts: list[Item]) -> list[str]:
    """What a Region has completed it knows at once, so it begins no other attempt after that."""
    return [
        f"attempt {later['attempt']} was begun in {later['region']},"
        f" which had completed attempt {attempt['attempt']}"
        for attempt in attempts
        for later in attempts
        if attempt["status"] == "COMPLETED" and later["region"] == attempt["region"]
        if later.get("begun_at", "") > attempt["completed_at"]
    ]


def _of_mails(state: FinalState, upload: Upload, row: Row, mails: list[Mail]) -> list[str]:
    results = [mail for mail in mails if is_result(mail)]
    notices, failures = len(mails) - len(results), state.failures[row["run_id"]]
    sentences = []
    if notices > failures:
        sentences.append(f"{notices} notices of a failure, and {failures} failures")
    attempts = {(mail["region"], _output_path(mail)) for mail in results}
    is_excused = row["run_id"] in state.unseen_claims and len(attempts) == 2 == len(results)
    is_given_up = upload.is_deleted and row["status"] == "GIVEN_UP" and not results
    if len(results) != 1 and not is_excused and not is_given_up:
        regions = [mail["region"] for mail in results]
        sentences.append(f"{len(results)} mails with a result, from {regions}")
    for attempt in row["attempts"] if results else []:
        if attempt["status"] == "COMPLETED":
            sentences += _of_attempt_and_mail(attempt, results)
    for mail in results:
        sentences += [
            text for region in state.rows for text in _of_links(state, upload, mail, region)
        ]
    return sentences


def _output_path(mail: Mail) -> str:
    """Its key bears the id of the attempt: after there and back again, two are of one Region."""
    return next((urlsplit(url).path for url in links(mail)), "")


def _of_attempt_and_mail(attempt: Item, mails: list[Mail]) -> list[str]:
    """``mails`` are those with a result of its run, one of which the attempt has sent."""
    message_id, output_key = attempt.get("mail_message_id"), attempt.get("output_key")
    mail = next((mail for mail in mails if mail["message_id"] == message_id), None)
    if mail is None:
        return ["its row names another mail"]
    sentences = []
    if attempt.get("completed_region") != mail["region"]:
        completed_region = attempt.get("completed_region")
        sentences.append(f"mailed by {mail['region']}, completed by {completed_region}")
    path = unquote(_output_path(mail)).lstrip("/") or "nothing"
    if path != output_key:
        sentences.append(f"its row names the output {output_key}, its mail {path}")
    return sentences


def _of_links(state: FinalState, upload: Upload, mail: Mail, region: str) -> list[str]:
    served = [state.served.get((url, region)) for url in links(mail)]
    if not served or None in served:
        return [f"a link of its mail from {mail['region']} leads nowhere in {region}"]
    output, *rejects = served
    texts = differences(output or b"", rejects[0] if rejects else None, upload.expected)
    return [f"served from {region}: {text}" for text in texts]


def _of_nobody(state: FinalState) -> list[str]:
    versions = {(upload.key, upload.version_id) for upload in state.uploads}
    rows: Iterable[Row] = [row for rows in state.rows.values() for row in rows]
    runs = {row["run_id"] for row in rows if (row["key"], row["version_id"]) in versions}
    sentences = {
        f"a row that belongs to no upload: {row['key']}, {row['status']}"
        for row in rows
        if (row["key"], row["version_id"]) not in versions
    }
    sentences |= {
        f"a mail that belongs to no upload: {mail['subject']}"
        for mail in state.mails
        if run_of(mail) not in runs
    }
    return sorted(sentences)
