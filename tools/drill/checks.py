"""Checks that every upload came out once, complete and correct, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tools.drill.evidence import LINK, Evidence, name_in
from tools.harness.comparison import differences
from tools.harness.expected import Expected
from tools.harness.mails import Mail, is_result


def problems_of(file: Evidence, expected: Expected, regions: Sequence[str]) -> list[str]:
    """One sentence for each thing that is wrong; none for a file that came out."""
    problems = [
        *_versions(file),
        *_rows(file, expected, regions),
        *_mails(file),
        *_outputs(file, expected, (LINK, *regions)),
    ]
    return [f"{file.upload.name}: {problem}" for problem in problems]


def problems_without_mails(file: Evidence, expected: Expected, regions: Sequence[str]) -> list[str]:
    """The same where mails cannot be read: SES has accepted one if the row has its id."""
    problems = [
        *_versions(file),
        *_rows(file, expected, regions),
        *_outputs(file, expected, regions),
    ]
    if not file.row.get("mail_message_id"):
        problems.append("no id of a mail that SES has accepted")
    return [f"{file.upload.name}: {problem}" for problem in problems]


def stray_mails(mails: Iterable[Mail], names: set[str]) -> list[str]:
    """One sentence for each mail about something that was not uploaded."""
    return [
        f"a mail about nothing that was uploaded: {mail['subject']}"
        for mail in mails
        if name_in(mail) not in names
    ]


def _versions(file: Evidence) -> Iterator[str]:
    if len(file.versions) != 1:
        yield f"{len(file.versions)} uploaded versions in the buckets, where there is to be one"


def _rows(file: Evidence, expected: Expected, regions: Sequence[str]) -> Iterator[str]:
    for region in regions:
        rows = file.rows.get(region, [])
        if len(rows) != 1:
            yield f"{len(rows)} rows in the state table of {region}, where there is to be one"
        for row in rows:
            for problem in _row(file, row, expected):
                yield f"{problem}, by the table of {region}"
    if len({str(sorted(row.items())) for rows in file.rows.values() for row in rows}) > 1:
        yield "the rows of the two Regions differ"


def _row(file: Evidence, row: dict[str, Any], expected: Expected) -> Iterator[str]:
    if row["status"] != "COMPLETED":
        yield f"unfinished: {row['status']} in {row['region']}, {row.get('reason', 'no reason')}"
        return
    if row["version_id"] not in file.versions:
        yield f"the row is of version {row['version_id']}, which was not uploaded"
    completed = sum(attempt["status"] == "COMPLETED" for attempt in row["attempts"])
    if completed != 1:
        yield f"{completed} attempts completed, where one is to do so"
    counts = tuple(int(row[name]) for name in ("rows_in", "rows_out", "rows_rejected"))
    expected_counts = (expected.total, len(expected.rows), len(expected.rejected))
    if counts != expected_counts:
        yield f"rows in, out, rejected are {counts}, expected {expected_counts}"


def _mails(file: Evidence) -> Iterator[str]:
    if len(file.mails) != 1:
        yield f"{len(file.mails)} mails, where there is to be one"
    for mail in file.mails:
        if not is_result(mail):
            yield f"a mail that says {mail['subject']}"
        elif mail["message_id"] != file.row.get("mail_message_id"):
            yield "a mail that the row does not know"


def _outputs(file: Evidence, expected: Expected, places: Sequence[str]) -> Iterator[str]:
    for place in places:
        output = file.outputs.get(place)
        if output is None or output.error:
            yield f"no output by {place}: {output.error if output else 'none was published'}"
            continue
        for difference in differences(output.merged, output.rejects, expected):
            yield f"{difference}, by {place}"
