"""tools/limits: docs/limits.md says what the templates and the model say."""

from __future__ import annotations

import re

import pytest

from deployment.deployer.capacity import quotas
from deployment.deployer.capacity.quotas import Quota
from tests.templates.loading import functions, state_machine
from tools.limits import sources
from tools.limits.distances import Distance, distances
from tools.limits.page import PAGE, TABLES, amount, renewed

ALL = list(distances())
QUOTAS = [value for value in vars(quotas).values() if isinstance(value, Quota)]


def use_of(quota: Quota) -> float:
    return next(distance.use for distance in ALL if distance.quota == quota)


def test_the_tables_are_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text, "docs/limits.md is out of date: run make limits"


@pytest.mark.parametrize("table", TABLES)
def test_a_page_without_a_place_for_a_table_is_refused(table: str) -> None:
    text = PAGE.read_text(encoding="utf-8").replace(f"<!-- {table} -->", "")
    with pytest.raises(ValueError, match=f"no place for the table {table}"):
        renewed(text)


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_every_quota_has_a_source_at_aws_and_a_distance(quota: Quota) -> None:
    assert re.match(r"https://(docs\.)?aws\.amazon\.com/|https://docs\.aws\.", quota.source)
    assert quota in [distance.quota for distance in ALL]


# What may exceed its quota, since it is waited out.
WAITED_OUT = "`batch-errors`, if every row of every file "


@pytest.mark.parametrize("distance", ALL, ids=lambda distance: distance.place)
def test_the_defaults_are_within_every_quota(distance: Distance) -> None:
    assert distance.use > 0
    assert distance.factor > 1 or distance.place.startswith(WAITED_OUT)


def test_the_defaults_in_a_new_account_are_within_its_quotas() -> None:
    width = sources.width(sources.NEW)
    assert width.functions <= sources.NEW.functions * 2 / 3


def test_what_we_use_is_read_from_the_templates() -> None:
    assert use_of(quotas.STATE_BYTES) == int(sources.makefile_settings().chunk_bytes)
    assert use_of(quotas.EXPRESS_SECONDS) == state_machine("chunk-processor")["TimeoutSeconds"]
    assert use_of(quotas.API_SECONDS) == functions()["enricher"]["Timeout"]
    assert use_of(quotas.ALARMS) > 10
    assert use_of(quotas.ROLE_POLICY_BYTES) > 1000
    assert use_of(quotas.VARIABLES_BYTES) > 1000


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (262_144, "bytes", "256 KiB"),
        (900, "bytes", "900 bytes"),
        (10 * 1024**3, "bytes", "10 GiB"),
        (125e6, "bytes a second", "119 MiB a second"),
        (55, "s", "55 s"),
        (172_800, "s", "2 days"),
        (2_946.4, "a second", "2,946 a second"),
        (3.81, "", "3.8"),
    ],
)
def test_an_amount_is_printed_with_its_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text
