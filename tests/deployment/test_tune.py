"""deployment/deployer/tune.py: which change makes a file fast enough."""

from __future__ import annotations

import re

import pytest

from deployment.deployer.capacity.model import Account
from deployment.deployer.errors import DeployError
from deployment.deployer.tune import ACCOUNTS, duration, find_options, tune
from tests.deployment.fakes import FakeAws, settings
from tests.deployment.test_admission import aws_with

DEFAULTS = settings(chunk_records="250", records_per_call="1")


def changes(account: Account, rows: int, target: float) -> list[str]:
    return [option.change for option in find_options(DEFAULTS, account, rows, target)]


def test_nothing_changes_if_the_settings_are_fast_enough() -> None:
    assert changes(ACCOUNTS["ordinary"], 100_000, 300) == ["these settings"]


def test_every_change_is_compared_by_its_own_settings() -> None:
    options = list(find_options(DEFAULTS, ACCOUNTS["ordinary"], 1_000_000, 300))
    current, *others = options
    assert current.prediction.seconds > 300
    assert all(option.prediction.seconds < current.prediction.seconds for option in others)
    assert min(option.prediction.seconds for option in others) <= 300


def test_the_fewest_records_of_a_call_that_suffice_are_named() -> None:
    assert "RECORDS_PER_CALL=2" in changes(ACCOUNTS["ordinary"], 1_000_000, 300)
    assert "RECORDS_PER_CALL=10" in changes(ACCOUNTS["ordinary"], 1_000_000, 170)
    together = settings(records_per_call="10")
    options = find_options(together, ACCOUNTS["new"], 1_000_000, 300)
    assert not [option for option in options if option.change.startswith("RECORDS_PER_CALL")]


def test_slots_beyond_the_default_stay_within_the_quota() -> None:
    for name, functions in (("new", 10), ("ordinary", 1000)):
        options = find_options(DEFAULTS, ACCOUNTS[name], 10_000_000, 300)
        (wider,) = (option for option in options if option.change.startswith("CHUNK_SLOTS"))
        assert wider.width.functions <= functions * 0.9


def test_no_more_slots_are_advised_than_the_templates_allow() -> None:
    one_record = settings(record_concurrency="1")
    options = list(find_options(one_record, Account(functions=20_000), 50_000_000, 60))
    assert "CHUNK_SLOTS=1000" not in [option.change for option in options]  # the default is that
    few = settings(record_concurrency="1", chunk_slots="10")
    options = list(find_options(few, Account(functions=20_000), 50_000_000, 60))
    assert "CHUNK_SLOTS=1000" in [option.change for option in options]


def test_slots_for_fewer_records_at_once_are_advised_with_that_number() -> None:
    changes = [
        option.change
        for option in find_options(settings(records_per_call="10"), ACCOUNTS["new"], 1_000_000, 300)
    ]
    assert "CHUNK_SLOTS=4 RECORD_CONCURRENCY=2" in changes


def test_the_smallest_quota_that_suffices_is_named() -> None:
    (change,) = (change for change in changes(ACCOUNTS["new"], 100_000, 600) if "quota" in change)
    functions = int(change.removeprefix("a quota of ").split()[0].replace(",", ""))
    for number, is_enough in ((functions, True), (functions - 100, False)):
        (first, *_) = find_options(DEFAULTS, Account(functions=number), 100_000, 600)
        assert (first.prediction.seconds <= 600) is is_enough


def test_a_quota_that_the_settings_leave_unused_is_not_named() -> None:
    fixed = settings(chunk_slots="8", chunk_concurrency="8", record_concurrency="10")
    options = find_options(fixed, ACCOUNTS["ordinary"], 10_000_000, 300)
    assert not [option for option in options if "quota" in option.change]


def test_what_no_change_reaches_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    tune(FakeAws(), DEFAULTS, "1000000", "10s", "new")
    assert "No single change reaches 10 s." in capsys.readouterr().out


def test_each_option_is_a_line_with_its_time_calls_and_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tune(FakeAws(), DEFAULTS, "1000000", "5m", "ordinary")
    head, current, *others, advice, _limit = capsys.readouterr().out.splitlines()[1:]
    assert head.split("  ")[-1] == "bounded by"
    assert re.fullmatch(
        r" +these settings +[\d.]+ min +1,000,000 +2,008,000  chunks at the same time", current
    )
    (two,) = (line for line in others if line.strip().startswith("RECORDS_PER_CALL=2"))
    assert re.search(r" +500,000 +1,008,000  ", two)
    assert advice.strip().startswith("Within 5.0 min: RECORDS_PER_CALL=2 or ")


@pytest.mark.parametrize("target", ["60", "60s", "1m"])
def test_a_time_without_a_unit_is_in_seconds(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tune(FakeAws(), DEFAULTS, "1_000", target, "ordinary")
    assert "Within 60 s as it is." in capsys.readouterr().out


def test_the_account_is_asked_for_its_quotas(capsys: pytest.CaptureFixture[str]) -> None:
    tune(aws_with(700, 800), DEFAULTS, "1,000", "5m", "")
    printed = capsys.readouterr().out
    assert "700 functions at once" in printed
    assert "Within 5.0 min as it is." in printed


@pytest.mark.parametrize(("setting", "rows"), [("", "1,300,000"), ("40000000", "40,000,000")])
def test_the_largest_file_is_told(
    capsys: pytest.CaptureFixture[str], setting: str, rows: str
) -> None:
    tune(FakeAws(), settings(max_rows=setting), "1", "5m", "new")
    assert f"A file of more than {rows} rows is refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "target", "account", "expected"),
    [
        ("many", "5m", "new", "ROWS=many: expected a number of rows: ROWS=1000000"),
        ("1", "soon", "new", "TARGET=soon: expected a time: TARGET=5m"),
        ("1", "5m", "old", "ACCOUNT=old: expected empty, ordinary or new"),
    ],
)
def test_what_is_malformed_is_named_with_an_example(
    rows: str, target: str, account: str, expected: str
) -> None:
    with pytest.raises(DeployError) as error:
        tune(FakeAws(), DEFAULTS, rows, target, account)
    assert str(error.value) == expected


def test_a_time_is_printed_in_the_unit_of_a_person() -> None:
    assert [duration(seconds) for seconds in (42, 450, 11_160)] == ["42 s", "7.5 min", "3.1 h"]
