"""The sample files: the same options give the same bytes, and every kind of row occurs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assets import generate_testfile as generator
from validator.apply_rules import rejection_reasons
from validator.rules import RULES


def test_the_same_seed_gives_the_same_rows() -> None:
    assert list(generator.rows(300, seed=5)) == list(generator.rows(300, seed=5))
    assert list(generator.rows(300, seed=5)) != list(generator.rows(300, seed=6))


@pytest.mark.parametrize("name", ["testfile.csv", "financial-data.csv"])
def test_the_committed_files_are_those_that_the_generator_makes(name: str, tmp_path: Path) -> None:
    out = ["--out", f"{tmp_path}/testfile.csv", "--financial", f"{tmp_path}/financial-data.csv"]
    generator.main(out)
    assert (tmp_path / name).read_bytes() == (generator.HERE / name).read_bytes()


def test_exactly_the_bad_rows_are_rejected() -> None:
    for row in generator.rows(2000):
        if len(row.values) == len(generator.HEADER):
            fields = dict(zip(generator.HEADER, row.values, strict=True))
            expected = row.flaw not in (None, "no financial data")
            assert bool(rejection_reasons({"row": 1, "fields": fields}, RULES)) is expected, row


def test_every_rule_is_broken_by_some_row() -> None:
    broken = {
        reason
        for row in generator.rows(2000)
        if len(row.values) == len(generator.HEADER)
        for reason in rejection_reasons(
            {"row": 1, "fields": dict(zip(generator.HEADER, row.values, strict=True))}, RULES
        )
    }
    assert broken == {rule.reason for rule in RULES}


def test_every_flaw_occurs() -> None:
    assert {row.flaw for row in generator.rows(2000)} == {None, *generator.FLAWS}


def test_every_uuid_has_financial_data_unless_their_lack_is_its_flaw() -> None:
    catalogue = {item[0] for item in generator.financial_rows()}
    assert len(catalogue) == generator.CATALOGUE
    good = [row for row in generator.rows(generator.CATALOGUE + 500) if not row.flaw]
    unknown = [row for row in generator.rows(2000) if row.flaw == "no financial data"]
    assert all(row.values[0] in catalogue for row in good)
    assert not any(row.values[0] in catalogue for row in unknown)


def test_amounts_add_up() -> None:
    for _, units, price, cost, revenue, total_cost, profit in generator.financial_rows():
        assert round(int(units) * float(price), 2) == float(revenue)
        assert round(int(units) * float(cost), 2) == float(total_cost)
        assert round(float(revenue) - float(total_cost), 2) == float(profit)


def test_quoted_commas_quotes_and_newlines_and_other_scripts_occur() -> None:
    countries = {row.values[1] for row in generator.rows(2000)}
    for mark in (",", '"', "\n", "Ö", "غ"):
        assert any(mark in country for country in countries), mark


def test_a_file_without_bad_rows_can_be_made(tmp_path: Path) -> None:
    out = tmp_path / "clean.csv"
    generator.main(["--rows", "50", "--bad", "0", "--out", str(out)])
    with out.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == list(generator.HEADER)
    assert len(lines) == 51
