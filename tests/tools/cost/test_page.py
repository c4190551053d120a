"""docs/costs.md says what the templates, the prices and the kept measurements say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.cost.assumptions import read_assumptions
from tools.cost.kept import keep, read, services_of_a_million
from tools.cost.measurement import measure
from tools.cost.page import PAGE, renewed
from tools.cost.prices import read_prices
from tools.cost.usage import Line, Window

PRICES, ASSUMED = read_prices(), read_assumptions()


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text, "docs/costs.md is out of date: run make cost PAGE=1"


def test_a_table_that_the_page_has_no_place_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        renewed("# Costs")


def test_kept_runs_of_two_sizes_say_what_a_file_of_a_million_records_costs(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    measurements = [
        measure(
            Window(
                (str(records),),
                0.0,
                1.0,
                {
                    Line("apigateway:RestRequests", "us-east-1", "api"): float(records),
                    Line("ses:Recipients", "us-east-1", "me"): 1.0,
                    Line("calls", "us-east-1", "logs:PutLogEvents"): 5.0,
                },
            ),
            {str(records): records},
            PRICES,
            ASSUMED,
        )
        for records in (1_000, 5_000)
    ]
    keep("rest", measurements, PRICES, file)
    services = services_of_a_million(read(PRICES, ASSUMED, file)["rest"], "assumed")
    # $3.50 for a million requests, and one mail.
    assert services == pytest.approx({"API Gateway": 3.50, "SES": 0.0001})
    units = {line[0] for line in json.loads(file.read_text())["rest"]["windows"][0]["usage"]}
    assert units == {"apigateway:RestRequests", "ses:Recipients"}


@pytest.mark.parametrize(
    ("name", "kind", "goal"),
    [("http", "rest", 4.50), ("http", "assumed", 2.10), ("batch", "assumed", 1.00)],
)
def test_a_million_records_cost_no_more_than_the_goal(name: str, kind: str, goal: float) -> None:
    """Also behind a REST API, which is calculated."""
    assert sum(services_of_a_million(read(PRICES, ASSUMED)[name], kind).values()) <= goal


def test_the_orchestration_of_a_million_records_costs_no_more_than_the_goal() -> None:
    """The starts of the Map's children count as transitions in it."""
    services = services_of_a_million(read(PRICES, ASSUMED)["batch"], "assumed")
    assert services["Step Functions"] <= 0.12
