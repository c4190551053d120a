from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import format_json


def test_what_fits_into_118_columns_stands_on_one_line() -> None:
    assert format_json.format_text('{\n "a": [\n 1,\n 2\n ]\n}') == '{"a": [1, 2]}\n'


def test_a_line_may_have_118_columns_and_no_more() -> None:
    widest = ["x" * 56, "y" * 54]
    assert format_json.format_text(json.dumps(widest)) == json.dumps(widest) + "\n"
    assert len(json.dumps(widest)) == 118
    widest[0] += "x"
    assert (
        format_json.format_text(json.dumps(widest)) == f'[\n  "{widest[0]}",\n  "{widest[1]}"\n]\n'
    )


def test_the_comma_after_a_member_counts_as_a_column() -> None:
    inner = {"k": "v" * 106}
    assert len(json.dumps(inner)) == 115
    lines = format_json.format_text(json.dumps([inner, inner])).splitlines()
    assert all(len(line) <= 118 for line in lines)
    assert lines[1] == f"  {json.dumps(inner)},"
    inner["k"] += "v"  # one line of 119 columns before the comma's line, of 118 after it
    first, *_, last = format_json.format_text(json.dumps([inner, inner])).splitlines()[1:-1]
    assert first == "  {"
    assert last == f"  {json.dumps(inner)}"


def test_a_long_array_of_strings_and_numbers_is_filled_line_by_line() -> None:
    names = [f"Error{number:03}" for number in range(30)]
    first, *lines, last = format_json.format_text(json.dumps({"names": names})).splitlines()[1:-1]
    assert first == '  "names": ['
    assert last == "  ]"
    assert [len(line) for line in lines] == [111, 111, 111, 38]  # the next word would make 122
    assert json.loads("[" + "".join(lines) + "]") == names


def test_keys_keep_their_order_and_numbers_and_letters_their_spelling() -> None:
    text = '{"b": 1.0, "200": 1e3, "a": "→ é", "n": [null, true, -0, 12345678901234567890]}\n'
    assert format_json.format_text(text) == text


def test_empty_objects_and_arrays_stay_on_their_line() -> None:
    text = f'{{\n  "{"k" * 114}": [],\n  "o": {{}}\n}}\n'
    assert format_json.format_text(text) == text


def test_the_formatted_text_means_the_same_and_formatting_it_again_changes_nothing() -> None:
    for path in format_json.tracked_files():
        text = path.read_text(encoding="utf-8")
        formatted = format_json.format_text(text)
        assert json.loads(formatted) == json.loads(text)
        assert format_json.format_text(formatted) == formatted


def test_check_names_the_file_and_the_remedy_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1,2]")
    assert format_json.main(["--check", str(path)]) == 1
    output = capsys.readouterr()
    assert output.out == f"Would format {path}\n"
    assert output.err == "Run make format.\n"
    assert path.read_text() == "[1,2]"
    assert format_json.main([str(path)]) == 0
    assert path.read_text() == "[1, 2]\n"
    assert format_json.main(["--check", str(path)]) == 0


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[1,]", "[NaN]"])
def test_what_is_not_valid_json_is_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(SystemExit, match=r"a\.json is not valid JSON"):
        format_json.main([str(path)])


def test_npm_formats_its_own_files() -> None:
    names = {path.name for path in format_json.tracked_files()}
    assert "main-orchestrator.asl.json" in names
    assert not names & {"package.json", "package-lock.json"}
