"""Looks at the end of a seed, and knows nothing of how it came about.

Every uploaded version has exactly one completed row, one correct output that the Multi-Region
Access Point serves from both Regions, and one mail; nothing else was published.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tools.harness.expected import Expected
from tools.harness.outcome import differences

_LINK = re.compile(r"https://\S+")
_RUN = re.compile(r"^Run: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Upload:
    """A version that a user uploaded, and what has to come of it."""

    number: int
    key: str
    version_id: str
    expected: Expected


@dataclass(frozen=True)
class End:
    """What there is when nothing moves any more. ``served`` is what a link led to in a Region.

    Two things are excused, each by what was seen and not by what was planned: ``unseen`` are runs
    that a Region took over while the claim of the other's mail was still on its way
    (docs/decisions.md: "What remains"); ``uncertain`` are runs whose mail had gone when the
    system reported it as uncertain, and which the operator closed as docs/operations.md says.
    """

    uploads: tuple[Upload, ...]
    rows: dict[str, list[dict[str, Any]]]
    mails: list[dict[str, Any]]
    served: dict[tuple[str, str], bytes]
    failures: Counter[str] = field(default_factory=Counter)
    running: tuple[str, ...] = ()
    unseen: frozenset[str] = frozenset()
    uncertain: frozenset[str] = frozenset()


def complaints(end: End) -> list[str]:
    """One sentence for each thing that is wrong; none if all is as it ought to be."""
    found = [f"{name} still runs" for name in end.running]
    for upload in end.uploads:
        found += [f"file {upload.number}: {why}" for why in _of_upload(end, upload)]
    return found + _of_nobody(end)


def mailed_twice(end: End) -> list[str]:
    """The runs of which two results were mailed: what remains, where it is excused."""
    results = Counter(run_of(mail) or "" for mail in end.mails if is_result(mail))
    return [run_id for run_id, number in results.items() if number > 1]


def links(mail: dict[str, Any]) -> list[str]:
    """The result's, and that of the rejects if there are any."""
    return [url for url in _LINK.findall(mail["body"]) if "X-Amz-Signature" in url]


def run_of(mail: dict[str, Any]) -> str | None:
    found = _RUN.search(mail["body"])
    return found[1] if found else None


def is_result(mail: dict[str, Any]) -> bool:
    return str(mail["subject"]).startswith("Processed: ")


def _of_upload(end: End, upload: Upload) -> list[str]:
    version = (upload.key, upload.version_id)
    rows = {
        region: [row for row in rows if (row["key"], row["version_id"]) == version]
        for region, rows in end.rows.items()
    }
    found = [f"{len(of)} rows in {region}" for region, of in rows.items() if len(of) != 1]
    if found:
        return found
    first, *others = [of[0] for of in rows.values()]
    if any(other != first for other in others):
        return [f"its row differs between the Regions: {first} and {others}"]
    mails = [mail for mail in end.mails if run_of(mail) == first["run_id"]]
    return [*_of_row(end, upload, first), *_of_mails(end, upload, first, mails)]


def _of_row(end: End, upload: Upload, row: dict[str, Any]) -> list[str]:
    if row["run_id"] in end.uncertain:
        ended = row["status"] == "SUPERSEDED"
        return [] if ended else [f"its row is {row['status']}, which the operator closed"]
    if row["status"] != "COMPLETED":
        reason = f"{row.get('error', '')} {row.get('reason', '')}".strip()
        return [f"its row is {row['status']}, attempt {row['attempt']} of {row['region']} {reason}"]
    want = upload.expected
    counts = (row["rows_in"], row["rows_out"], row["rows_rejected"])
    wanted = (want.total, len(want.rows), len(want.rejected))
    return [] if counts == wanted else [f"its row counts {counts}, expected {wanted}"]


def _of_mails(
    end: End, upload: Upload, row: dict[str, Any], mails: list[dict[str, Any]]
) -> list[str]:
    results = [mail for mail in mails if is_result(mail)]
    notices, failures = len(mails) - len(results), end.failures[row["run_id"]]
    found = []
    if notices > failures:
        found.append(f"{notices} notices of a failure, and {failures} failures")
    attempts = {(mail["region"], _output(mail)) for mail in results}
    excused = row["run_id"] in end.unseen and len(attempts) == 2 == len(results)
    if len(results) != 1 and not excused:
        regions = [mail["region"] for mail in results]
        found.append(f"{len(results)} mails with a result, from {regions}")
    if results and row["run_id"] not in end.uncertain:
        found += _of_row_and_mail(row, results[-1])
    for mail in results:
        found += [why for region in end.rows for why in _of_link(end, upload, mail, region)]
    return found


def _output(mail: dict[str, Any]) -> str:
    """Its key bears the id of the attempt: after there and back again, two are of one Region."""
    return next((urlsplit(url).path for url in links(mail)), "")


def _of_row_and_mail(row: dict[str, Any], mail: dict[str, Any]) -> list[str]:
    found = []
    if row.get("completed_region") != mail["region"]:
        found.append(f"mailed by {mail['region']}, completed by {row.get('completed_region')}")
    if row.get("mail_message_id") != mail["message_id"]:
        found.append("its row names another mail")
    path = unquote(urlsplit(links(mail)[0]).path).lstrip("/") if links(mail) else "nothing"
    if path != row.get("output_key"):
        found.append(f"its row names the output {row.get('output_key')}, its mail {path}")
    return found


def _of_link(end: End, upload: Upload, mail: dict[str, Any], region: str) -> list[str]:
    served = [end.served.get((url, region)) for url in links(mail)]
    if not served or None in served:
        return [f"a link of its mail from {mail['region']} leads nowhere in {region}"]
    output, *rejects = served
    wrong = differences(output or b"", rejects[0] if rejects else None, upload.expected)
    return [f"served from {region}: {why}" for why in wrong]


def _of_nobody(end: End) -> list[str]:
    versions = {(upload.key, upload.version_id) for upload in end.uploads}
    rows: Iterable[dict[str, Any]] = [row for rows in end.rows.values() for row in rows]
    runs = {row["run_id"] for row in rows if (row["key"], row["version_id"]) in versions}
    found = {
        f"a row that belongs to no upload: {row['key']}, {row['status']}"
        for row in rows
        if (row["key"], row["version_id"]) not in versions
    }
    found |= {
        f"a mail that belongs to no upload: {mail['subject']}"
        for mail in end.mails
        if run_of(mail) not in runs
    }
    return sorted(found)
