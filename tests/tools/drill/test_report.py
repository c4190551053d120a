"""What a drill shows: the table, the picture, the time of recovery."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.tools.drill.support import EAST, START, WEST, row, sound
from tools.drill.recovery import recovery, scale
from tools.drill.runbook import Step, seconds
from tools.drill.table import table
from tools.drill.timeline import Bar, Line, Mark, Picture, Span

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_table_has_a_line_for_each_file_with_all_that_happened_to_it() -> None:
    heading, *lines = table([sound(1), sound(2)], START).splitlines()
    assert heading.split() == [
        *("file", "rows", "uploaded", "owners", "requeued", "completed", "in", "mails")
    ]
    owners = ["us-east-1", "→", "us-west-2"]
    times = ["30", "s", "50", "s"]
    assert [line.split() for line in lines] == [
        [f"load-0000{number}.csv", "3", "10", "s", *owners, *times, "us-west-2", "1"]
        for number in (1, 2)
    ]


def test_the_table_shows_which_file_is_missing_and_which_is_unfinished() -> None:
    missing, unfinished = sound(1), sound(2)
    missing.rows, missing.attempts, missing.versions, missing.mails = {}, [], {}, []
    unfinished.rows = {EAST: [row(status="STARTED")]}
    _, first, second = table([missing, unfinished], START).splitlines()
    assert first.split() == ["load-00001.csv", "?", "never", "none", "-", "no", "row", "-", "0"]
    assert "STARTED" in second.split()


def _picture(files: int = 3) -> Picture:
    bars = [
        Bar(EAST, START + 2, START + 9, is_published=False),
        Bar(WEST, START + 20, START + 25, is_published=True),
    ]
    return Picture(
        (EAST, WEST),
        START,
        START + 60,
        "a note <with> & markup",
        [Span(EAST, START, START + 10, "active"), Span(EAST, START + 8, START + 30, "cut")],
        [Mark(START + at, f"mark {at}") for at in (8, 9, 10, 11, 59)],
        [Line(f"<file> {n}", START + 1, bars, START + 25) for n in range(files)],
    )


def _texts(root: ET.Element) -> list[str]:
    return [str(text.text) for text in root.iter(f"{_SVG}text")]


def _boxes(root: ET.Element, classes: str) -> list[ET.Element]:
    return [box for box in root.iter(f"{_SVG}rect") if box.get("class") == classes]


def test_the_picture_is_xml_and_shows_each_region_file_and_mark() -> None:
    root = ET.fromstring(_picture().svg())  # noqa: S314 - made right here
    assert root.tag == f"{_SVG}svg"
    expected = [EAST, WEST, *(f"<file> {n}" for n in range(3)), *(f"mark {n}" for n in (8, 59))]
    assert set(expected) <= set(_texts(root))
    assert len(_boxes(root, "r0 lost")) == len(_boxes(root, "r1")) == 3
    assert len(_boxes(root, "cut")) == 1


def test_the_picture_grows_with_its_files_and_keeps_within_its_edges() -> None:
    root = ET.fromstring(_picture(40).svg())  # noqa: S314 - made right here
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    for text in root.iter(f"{_SVG}text"):
        assert 0 <= float(text.attrib["y"]) <= height
    for box in root.iter(f"{_SVG}rect"):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width


def test_marks_that_stand_close_are_written_above_one_another() -> None:
    root = ET.fromstring(_picture().svg())  # noqa: S314 - made right here
    heights = [
        text.get("y") for text in root.iter(f"{_SVG}text") if text.text in ("mark 8", "mark 9")
    ]
    assert len(set(heights)) == 2


def test_a_file_that_was_never_mailed_has_no_end() -> None:
    picture = _picture(1)
    picture.lines = [Line("lost", START, [], None)]
    root = ET.fromstring(picture.svg())  # noqa: S314 - made right here
    assert [dot.get("class") for dot in root.iter(f"{_SVG}circle")] == ["up"]


def _wait(start: float, end: float, declared: float) -> Step:
    return Step("Wait", "Success", start, end, declared)


STEPS = [_wait(10, 20, 100), _wait(25, 55, 300)]  # waits at a tenth


def test_a_declared_wait_counts_as_declared_and_the_rest_as_between_work_and_waiting() -> None:
    minutes = recovery(0, 22, 40, STEPS)  # 10 s waited for 100, 30 s of other things
    assert minutes.waited == pytest.approx(100 / 60)
    assert minutes.least == pytest.approx((100 + 30) / 60)
    assert minutes.most == pytest.approx((100 + 300) / 60)


def test_a_wait_beside_which_the_work_went_on_does_not_count() -> None:
    assert recovery(0, 22, 60, STEPS).waited == recovery(0, 22, 30, STEPS).waited


def test_work_that_had_to_wait_for_both_counts_both() -> None:
    assert recovery(0, 56, 60, STEPS).waited == pytest.approx(400 / 60)


def test_where_no_wait_has_ended_nothing_is_stretched() -> None:
    minutes = recovery(0, 5, 60, [])
    assert scale([]) == 1.0
    assert minutes.least == minutes.most == 1.0


@pytest.mark.parametrize(
    ("text", "expected"), [("PT3M", 180), ("PT1H2M3S", 3723), ("PT0S", 0), ("", 0), ("soon", 0)]
)
def test_durations_are_read_as_the_runbook_takes_them(text: str, expected: float) -> None:
    assert seconds(text) == expected
