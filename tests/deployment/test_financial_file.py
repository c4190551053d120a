"""deployment/deployer/financial_file.py: everything that is wrong with the file, by its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.deployer.financial_file import COLUMNS, MOST_LISTED, check_file

HEADER = ",".join(COLUMNS)
GOOD = "700000001,10,2.50,1.00,25.00,10.00,15.00"


def other(number: int, units: str = "10") -> str:
    return f"{number:09d},{units},2.50,1.00,25.00,10.00,15.00"


def problems(folder: Path, *lines: str, encoding: str = "utf-8") -> list[str]:
    file = folder / "data.csv"
    file.write_bytes("\n".join([*lines, ""]).encode(encoding))
    report = check_file(file)
    assert not report.unlisted
    return report.problems


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, GOOD],
        ["\ufeff" + HEADER, GOOD],
        ["\ufeff\ufeff" + HEADER, GOOD],
        [HEADER.upper().replace(",", " , "), GOOD],
        [HEADER, GOOD, ",,,,,,", "", "  , ,", other(2)],
        [HEADER + ",", GOOD + ",", other(2)],
        [HEADER.replace(",", ";"), GOOD.replace(",", ";")],
        [HEADER, '"700000001","3","0.005","0.004","0.015","0.012","0.003"'],
    ],
)
def test_what_is_unambiguous_is_accepted(tmp_path: Path, lines: list[str]) -> None:
    assert problems(tmp_path, *lines) == []


def test_every_problem_is_named_with_its_line(tmp_path: Path) -> None:
    messages = problems(
        tmp_path,
        HEADER,
        GOOD,
        "",
        '700000003,"1,000",2.50,1.00,"2,500.00",10.00,15.00',
        "700000005,10",
        other(700000006) + ",99",
        '"700000007","1" 0,2.50,1.00,25.00,10.00,15.00',
        other(700000008, units="1.5"),
        GOOD,
        "7,10,2.50,1.00,25.00,10.00,",
    )
    assert [problem.partition(" is ")[0].partition(" values")[0] for problem in messages] == [
        "line 4: unitsSold",
        "line 4: totalRevenue",
        "line 5: 2",
        "line 6: 8",
        "line 7: there",
        "line 8: unitsSold",
        "line 9: uuid 700000001",
        "line 10: uuid",
        "line 10: totalProfit",
    ]
    assert messages[2].endswith("2 values where 7 are expected: fill in the others")
    assert "a comma inside a number" in messages[3]
    assert messages[6] == "line 9: uuid 700000001 is on line 2 already: remove one of the two rows"


def test_of_many_problems_the_first_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("\n".join([HEADER, *(other(n, units="") for n in range(100))]))
    report = check_file(file)
    assert report.rows == 100
    assert len(report.problems) == MOST_LISTED
    assert report.problems[-1].startswith("line 21: unitsSold is empty")
    assert report.unlisted == 80


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["uuid,unitsSold", "700000007,10"], ["missing: unitPrice", "Add the missing columns"]),
        ([HEADER + ",note", GOOD + ",x"], ["not known: note", "Remove the other columns"]),
        ([HEADER + ",Unit Price", GOOD + ",1"], ["more than once: unitPrice"]),
        ([GOOD, other(2)], ["The file has no header", HEADER.replace(",", ", ")]),
        ([HEADER], ["no rows"]),
        ([HEADER, ",,,,,,"], ["no rows"]),
        ([""], ["empty"]),
    ],
)
def test_a_file_that_cannot_be_used_at_all_has_one_problem(
    tmp_path: Path, lines: list[str], words: list[str]
) -> None:
    (problem,) = problems(tmp_path, *lines)
    assert all(word in problem for word in words), problem
    assert "\n" not in problem


def test_the_encoding_is_named_with_the_line_and_what_comes_before_it_as_well(
    tmp_path: Path,
) -> None:
    first, second = problems(
        tmp_path, HEADER, other(1, units="x"), other(2, units="\u20ac10"), encoding="cp1252"
    )
    assert first.startswith("line 2: unitsSold")
    assert "Windows-1252" in second
    assert "Line 3" in second
    (utf16,) = problems(tmp_path, HEADER, GOOD, encoding="utf-16")
    assert "UTF-16" in utf16


def test_a_quote_that_is_never_closed_is_named_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEADER, GOOD, '700000002,"10,2.50,1.00,25.00,10.00,15.00')
    assert "line 3 is never closed" in problem


def test_a_file_that_cannot_be_read_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    assert check_file(tmp_path).problems == ["the file cannot be read: Is a directory"]
