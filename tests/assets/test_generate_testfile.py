"""The sample files: the same options give the same bytes, and every kind of row occurs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assets import generate_testfile as generator
from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS
from validator.apply_rules import rejection_reasons
from validator.rules import RULES


def test_the_files_have_the_columns_of_the_functions() -> None:
    assert list(INPUT_COLUMNS) == generator.HEADER
    item = next(generator.financial_rows())
    assert list(item) == ["uuid", *FINANCIAL_ATTRIBUTES.values()]


def test_the_same_seed_gives_the_same_rows() -> None:
    assert list(generator.rows(300, seed=5)) == list(generator.rows(300, seed=5))
    assert list(generator.rows(300, seed=5)) != list(generator.rows(300, seed=6))


@pytest.mark.parametrize("name", ["testfile.csv", "financial-data.csv"])
def test_the_generator_makes_the_committed_files(name: str, tmp_path: Path) -> None:
    out = ["--out", f"{tmp_path}/testfile.csv", "--financial", f"{tmp_path}/financial-data.csv"]
    generator.main(out)
    assert (tmp_path / name).read_bytes() == (generator.HERE / name).read_bytes()


def well_formed_rows() -> list[generator.GeneratedRow]:
    return [row for row in generator.rows(2000) if len(row.values) == len(INPUT_COLUMNS)]


def reasons_for(row: generator.GeneratedRow) -> list[str]:
    fields = dict(zip(INPUT_COLUMNS, row.values, strict=True))
    return rejection_reasons({"row": 1, "fields": fields}, RULES)


def test_every_bad_row_is_rejected_and_no_other() -> None:
    for row in well_formed_rows():
        is_bad = row.defect not in (None, "no financial data")
        assert bool(reasons_for(row)) is is_bad, row


def test_every_rule_is_broken_by_some_row() -> None:
    broken = {reason for row in well_formed_rows() for reason in reasons_for(row)}
    assert broken >= {rule.reason for rule in RULES}


def test_every_kind_of_bad_row_occurs() -> None:
    assert {row.defect for row in generator.rows(2000)} == {None, *generator.SPOILERS}


def test_all_uuids_have_financial_data_but_those_that_should_not() -> None:
    catalogue = {item["uuid"] for item in generator.financial_rows()}
    assert len(catalogue) == generator.CATALOGUE
    good = [row for row in generator.rows(generator.CATALOGUE + 500) if not row.defect]
    unknown = [row for row in generator.rows(2000) if row.defect == "no financial data"]
    assert all(row.values[0] in catalogue for row in good)
    assert not any(row.values[0] in catalogue for row in unknown)


def test_amounts_add_up() -> None:
    for item in generator.financial_rows():
        _, units, price, cost, revenue, total_cost, profit, *_ = item.values()
        assert round(int(units) * float(price), 2) == float(revenue)
        assert round(int(units) * float(cost), 2) == float(total_cost)
        assert round(float(revenue) - float(total_cost), 2) == float(profit)


def test_quoted_commas_quotes_and_newlines_and_other_scripts_occur() -> None:
    countries = {row.values[1] for row in generator.rows(2000)}
    for mark in (",", '"', "\n", "Ö", "غ"):
        assert any(mark in country for country in countries), mark


def test_a_file_without_bad_rows_can_be_generated(tmp_path: Path) -> None:
    out = tmp_path / "clean.csv"
    generator.main(["--rows", "50", "--bad", "0", "--out", str(out)])
    with out.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == generator.HEADER
    assert len(lines) == 51
