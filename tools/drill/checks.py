"""Whether every upload came out once, complete and correct. Says what is wrong, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tools.drill.evidence import LINK, Evidence, name_in
from tools.harness.expected import Expected
from tools.harness.outcome import differences


def problems(one: Evidence, expected: Expected, regions: Iterable[str]) -> list[str]:
    """One sentence for each thing that is not as it has to be; none for a file that came out."""
    regions = list(regions)
    found = [
        *_versions(one),
        *_rows(one, expected, regions),
        *_mails(one),
        *_outputs(one, expected, regions),
    ]
    return [f"{one.upload.name}: {what}" for what in found]


def stray_mails(mails: Iterable[dict[str, Any]], names: set[str]) -> list[str]:
    """Mails about nothing that was uploaded."""
    return [
        f"a mail about nothing that was uploaded: {mail['subject']}"
        for mail in mails
        if name_in(mail) not in names
    ]


def _versions(one: Evidence) -> Iterator[str]:
    if len(one.versions) != 1:
        yield f"{len(one.versions)} uploaded versions in the buckets, where there is to be one"


def _rows(one: Evidence, expected: Expected, regions: Sequence[str]) -> Iterator[str]:
    for region in regions:
        rows = one.rows.get(region, [])
        if len(rows) != 1:
            yield f"{len(rows)} rows in the state table of {region}, where there is to be one"
        for row in rows:
            yield from (f"{what}, by the table of {region}" for what in _row(one, row, expected))
    if len({str(sorted(row.items())) for rows in one.rows.values() for row in rows}) > 1:
        yield "the rows of the two Regions differ"


def _row(one: Evidence, row: dict[str, Any], expected: Expected) -> Iterator[str]:
    if row["status"] != "COMPLETED":
        yield f"unfinished: {row['status']} in {row['region']}, {row.get('reason', 'no reason')}"
        return
    if row["version_id"] not in one.versions:
        yield f"the row is of version {row['version_id']}, which was not uploaded"
    counts = tuple(int(row[name]) for name in ("rows_in", "rows_out", "rows_rejected"))
    wanted = (expected.total, len(expected.rows), len(expected.rejected))
    if counts != wanted:
        yield f"rows in, out, rejected are {counts}, expected {wanted}"


def _mails(one: Evidence) -> Iterator[str]:
    if len(one.mails) != 1:
        yield f"{len(one.mails)} mails, where there is to be one"
    for mail in one.mails:
        if not mail["subject"].startswith("Processed: "):
            yield f"a mail that says {mail['subject']}"
        elif mail["message_id"] != one.row.get("mail_message_id"):
            yield "a mail that the row does not know"


def _outputs(one: Evidence, expected: Expected, regions: Sequence[str]) -> Iterator[str]:
    for place in (LINK, *regions):
        read = one.read.get(place)
        if read is None or read.error:
            yield f"no output by {place}: {read.error if read else 'none was published'}"
            continue
        for what in differences(read.output, read.rejects, expected):
            yield f"{what}, by {place}"
