"""The price file is complete."""

from __future__ import annotations

from datetime import date

import pytest

from tools.cost.prices import Price, read_prices

PRICES = read_prices()
EVERY = [*PRICES.used.values(), *PRICES.monthly.values()]


@pytest.mark.parametrize("price", EVERY, ids=lambda price: price.unit)
def test_every_price_has_a_source_and_says_who_has_seen_it(price: Price) -> None:
    assert price.source.startswith("https://")
    assert price.checked in ("aws", "other", "no")
    assert price.dollars > 0
    assert price.per > 0


def test_a_price_that_aws_has_confirmed_has_a_page_of_aws_for_a_source() -> None:
    for price in EVERY:
        if price.checked != "other":
            assert "aws.amazon.com" in price.source or "repost.aws" in price.source, price.unit


def test_the_file_has_a_date_and_both_regions() -> None:
    assert date.fromisoformat(PRICES.date)
    assert PRICES.regions == ("us-east-1", "us-west-2")
