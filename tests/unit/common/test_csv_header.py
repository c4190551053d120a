"""The header says which column is where; refusals tell a person who uses Excel what to do."""

import pytest

from common.csv_header import SEARCHED_LINES, Header, find_header
from common.csv_lines import lines
from common.input_refused import InputRefused
from common.records import INPUT_COLUMNS
from tests.unit.samples import HEADER, RECORD

EXPECTED = f"The columns are: {', '.join(INPUT_COLUMNS)}."
ROW = ",".join(RECORD.values())


def find(text: str) -> Header:
    return find_header(lines([text.encode()]), INPUT_COLUMNS)


def refusal(text: str) -> tuple[str, str]:
    """Return cause and remedy."""
    with pytest.raises(InputRefused) as error:
        find(text)
    cause, remedy, details = str(error.value).splitlines()
    assert details == EXPECTED
    return cause, remedy


def test_columns_may_stand_in_any_order() -> None:
    assert find(",".join(reversed(INPUT_COLUMNS))).positions == tuple(reversed(range(8)))


@pytest.mark.parametrize(
    "header",
    [
        HEADER.upper(),
        HEADER.lower(),
        HEADER.replace(" ", "\xa0"),
        HEADER.replace(" ", "_"),
        HEADER.replace(",", " , "),
        HEADER.replace("uuid", "\u200buuid\u200d"),
        f"\ufeff{HEADER}",
        f"\ufeff\ufeff{HEADER}",
        f'\ufeff"uuid"{HEADER[4:]}',
        ",".join(f'"{name}"' for name in INPUT_COLUMNS),
        f"{HEADER},",
        f"{HEADER},,, ,",
    ],
)
def test_case_spaces_invisible_characters_and_commas_at_the_end_do_not_matter(header: str) -> None:
    result = find(f"{header}\n{ROW}\n")
    assert (result.line, result.delimiter, result.notes) == (1, ",", ())
    assert result.positions == tuple(range(8))


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_the_header_tells_the_delimiter_and_a_note_says_it(delimiter: str, name: str) -> None:
    result = find(HEADER.replace(",", delimiter))
    assert result.delimiter == delimiter
    assert result.notes == (f"The columns are separated by {name}.",)


@pytest.mark.parametrize("first", ["sep=,", "SEP=,", "\ufeffsep=,"])
def test_a_line_for_excel_that_names_the_delimiter_is_passed_over(first: str) -> None:
    result = find(f"{first}\n{HEADER}\n")
    assert (result.line, result.notes) == (2, ())


def test_lines_above_the_header_are_passed_over_and_a_note_says_so() -> None:
    result = find(f'Sales report, "May\n\n# by ERP\n{HEADER}\n{ROW}\n')
    assert result.line == 4
    assert result.notes == ("Lines 1, 3 above the header: not read as rows.",)


@pytest.mark.parametrize("title", ["Sales,,,,,,,", "Sales, May, Europe, all", ",,,,,,,"])
def test_a_title_may_have_commas(title: str) -> None:
    assert find(f"{title}\n{HEADER}\n").line == 2


def test_rows_above_the_header_are_not_lost_but_the_file_is_refused() -> None:
    with pytest.raises(InputRefused, match="The header stands in line 3, below lines") as error:
        find(f"{ROW}\n{ROW}\n{HEADER}\n{ROW}\n")
    assert RECORD["Country"] not in str(error.value)


def test_the_header_is_looked_for_only_near_the_beginning() -> None:
    find("title\n" * (SEARCHED_LINES - 1) + HEADER)
    cause, _ = refusal("title\n" * SEARCHED_LINES + HEADER)
    assert cause.startswith("The file has no header")


def test_a_file_without_a_header_is_refused_and_none_of_its_record_is_quoted() -> None:
    with pytest.raises(InputRefused) as error:
        find(f"{ROW}\n{ROW}\n")
    assert "The file has no header" in str(error.value)
    for value in RECORD.values():
        assert value not in str(error.value)


@pytest.mark.parametrize("row", ["uuid,Tuvalu,secret", "Region;Country;secret"])
def test_unknown_names_are_quoted_only_in_what_is_a_header_for_certain(row: str) -> None:
    with pytest.raises(InputRefused) as error:
        find(row)
    assert "secret" not in str(error.value)


def test_a_missing_column_is_named() -> None:
    cause, remedy = refusal(HEADER.replace(",Region", ""))
    assert cause == "The columns in line 1 are not those that are expected (missing: Region)."
    assert remedy == "Add the missing columns."


def test_an_extra_column_is_named() -> None:
    cause, remedy = refusal(f"{HEADER},Colour")
    assert "(not known: Colour)" in cause
    assert remedy == "Remove the other columns."


def test_a_repeated_column_is_named() -> None:
    assert "(more than once: uuid)" in refusal(f"{HEADER},UUID ")[0]


def test_a_column_without_a_name_before_others_is_refused_with_the_way_out_of_pandas() -> None:
    cause, remedy = refusal(f",{HEADER}\n0,{ROW}\n")
    assert "(without a name: 1)" in cause
    assert "index=False" in remedy


def test_all_differences_are_named_at_once() -> None:
    cause, _ = refusal(HEADER.replace("Region", "Area") + ",uuid,Colour")
    assert "(missing: Region; more than once: uuid; not known: Area, Colour)" in cause


def test_lines_in_quotes_as_a_whole_are_called_so() -> None:
    assert refusal(f'"{HEADER}"\n"{ROW}"\n')[0].startswith("Each line stands in quotes")


def test_another_separator_is_called_so() -> None:
    assert refusal(HEADER.replace(",", "^"))[0].startswith("The columns are not separated by")


def test_the_refusal_stays_short_whatever_the_header_is() -> None:
    names = ",".join(["x" * 900] * 60)
    assert sum(map(len, refusal(f"{HEADER},{names}"))) < 1000
