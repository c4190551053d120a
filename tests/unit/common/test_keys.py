"""The ids of runs, and the keys of objects."""

import hashlib
import re
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common import keys

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def test_the_run_of_a_version_is_always_the_same() -> None:
    run = keys.run_id("input/Sales Records.csv", "v1")
    expected = hashlib.sha256(b"input/Sales Records.csv\0v1").hexdigest()[:24]
    assert run == f"sales-records-{expected}"


def test_defect_6_two_uploads_of_one_name_are_two_runs() -> None:
    assert keys.run_id("input/a.csv", "v1") != keys.run_id("input/a.csv", "v2")


def test_moving_letters_from_the_version_to_the_key_makes_another_run() -> None:
    assert keys.run_id("input/a", "bc") != keys.run_id("input/ab", "c")


@given(texts, texts)
@example("日本語.csv", "v")
@example("....", "v")
@example("x" * 1000, "v")
def test_a_run_id_is_a_valid_execution_name(key: str, version: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{24}", keys.run_id(key, version))


@given(texts)
@example("é" * 509)
def test_every_output_key_fits_into_s3(name: str) -> None:
    key = f"input/{name}"
    longest = keys.rejects(keys.run_id("input/" + "x" * 80, "v"), key)
    assert len(longest.encode()) <= 1024


def test_chunks_beyond_the_ninth_sort_as_numbers() -> None:
    assert keys.pack("r", 2) < keys.pack("r", 10)


def test_keys_are_those_of_the_contract() -> None:
    assert keys.pack("r", 0) == "work/r/chunks/000000.csv"
    assert keys.enriched("r", 0) == "work/r/enriched/000000.csv"
    assert keys.manifest("r") == "work/r/manifest.jsonl"
    assert keys.output("r", "input/a b.csv") == "output/r/a b.csv"
    assert keys.rejects("r", "input/a b.csv") == "output/r/a b.csv.rejects.csv"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("input/a/../b.csv", "output/r/a/_/b.csv"),
        ("input/./x.csv", "output/r/x.csv"),
        ("input//x.csv", "output/r/x.csv"),
        ("input/folder/", "output/r/folder"),
        ("input/..", "output/r/_"),
        ("input/./", "output/r/_"),
        ("input/x.csv ", "output/r/x.csv "),
        ("input/.hidden/..x/...", "output/r/.hidden/..x/..."),
        ("input/" + "x" * 10 + "." + "/y" * 449 + "/", "output/r/" + "y/" * 448 + "y"),
    ],
)
def test_segments_that_clients_take_out_of_a_path_are_in_no_output_key(
    key: str, expected: str
) -> None:
    assert keys.output("r", key) == expected


names = st.lists(st.sampled_from(["/", ".", "..", " ", "a", "ü", "%2e", "\\", "\n"])).map("".join)


@given(names | texts)
@example("x" * 5 + "../" + "y" * 898)
def test_a_path_with_an_output_key_is_its_own_normal_form(name: str) -> None:
    """urljoin takes dot segments out as browsers do."""
    for key in (keys.output("r", f"input/{name}"), keys.rejects("r", f"input/{name}")):
        url = f"https://x.example/{quote(key)}"
        assert urljoin(url, urlsplit(url).path) == url
        assert unquote(url).removeprefix("https://x.example/") == key
        assert "//" not in key
        assert not key.endswith("/")
