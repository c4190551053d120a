"""The parts of ``make acceptance`` around its claims; a run of all of it is in ``tests/e2e``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tools.acceptance import __main__ as program
from tools.acceptance.claims import (
    FAILED,
    NOT_CHECKED,
    PASSED,
    Claim,
    ClaimFailed,
    Result,
    check_all,
)
from tools.acceptance.estimate import HOURLY_PRICES, cost, estimate_text
from tools.acceptance.report import without_names, write_report
from tools.harness.shell import ROOT


def _passes() -> str:
    return "4 files"


def _fails() -> str:
    raise ClaimFailed("one file is missing", "another one came twice")


def _breaks() -> str:
    raise KeyError("run_id")


def _is_interrupted() -> str:
    raise KeyboardInterrupt


def _outcomes(results: list[Result]) -> list[str]:
    return [result.outcome for result in results]


def test_a_claim_that_fails_or_breaks_does_not_keep_the_next_one_from_being_checked() -> None:
    results: list[Result] = []
    check_all([Claim("a", _fails), Claim("b", _breaks), Claim("c", _passes)], results)
    assert _outcomes(results) == [FAILED, FAILED, PASSED]
    assert results[0].detail == "one file is missing; another one came twice"
    assert results[2].detail == "4 files"


def test_after_an_essential_claim_that_failed_the_others_are_reported_as_not_checked() -> None:
    results: list[Result] = []
    check_all([Claim("a", _fails, is_essential=True), Claim("b", _passes)], results)
    assert _outcomes(results) == [FAILED, NOT_CHECKED]


def test_an_interrupted_run_reports_what_was_not_checked() -> None:
    results: list[Result] = []
    with pytest.raises(KeyboardInterrupt):
        check_all([Claim("a", _passes), Claim("b", _is_interrupted), Claim("c", _passes)], results)
    assert _outcomes(results) == [PASSED, NOT_CHECKED, NOT_CHECKED]


class _Run:
    """A run whose claims are given."""

    def __init__(self, last: Claim, *claims: Claim) -> None:
        self._last, self._claims = last, claims

    def claims(self) -> list[Claim]:
        return list(self._claims)

    def last_claim(self) -> Claim:
        return self._last


@pytest.mark.parametrize("check", [_fails, _breaks, _is_interrupted])
def test_whatever_becomes_of_the_claims_the_deployment_is_destroyed(check: Any) -> None:
    destroyed: list[str] = []

    def destroy() -> str:
        destroyed.append("all")
        return ""

    run: Any = _Run(Claim("destroyed", destroy), Claim("a", check, is_essential=True))
    results = program._check_all(run)
    assert program._destroy(run).outcome == PASSED
    assert destroyed == ["all"]
    assert PASSED not in _outcomes(results)


@pytest.mark.parametrize(("answer", "is_confirmed"), [("yes", True), ("no", False), ("", False)])
def test_only_yes_confirms(
    monkeypatch: pytest.MonkeyPatch, answer: str, is_confirmed: bool
) -> None:
    monkeypatch.setenv("ACCEPT", answer)
    assert program._is_confirmed() is is_confirmed


def test_without_a_terminal_and_without_accept_nothing_is_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv("ACCEPT", raising=False)
    monkeypatch.setattr("builtins.input", nobody)
    assert not program._is_confirmed()


def test_the_estimate_names_every_price_with_its_source_and_the_day_it_was_noted() -> None:
    text = estimate_text()
    assert all(price.subject in text and price.source in text for price in HOURLY_PRICES)
    assert "noted on 20" in text


def test_a_cluster_and_an_endpoint_cost_a_whole_hour_for_each_that_has_begun() -> None:
    assert cost(2.01) - cost(2.0) == pytest.approx(2.50 + 12 * 0.01, abs=0.01)


def test_the_report_names_neither_the_account_nor_an_address_nor_a_folder_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SES_IDENTITY", "example.org")
    monkeypatch.setenv("RECIPIENT", "ann@example.org")
    detail = "arn:aws:iam::111122223333:role/x may not send to ann@example.org"
    results = [Result("mail", FAILED, 2.0, detail), Result("files", PASSED, 3.0, f"a | {ROOT}/b")]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    report = write_report("AWS", ("us-east-1", "us-west-2"), now, now, {"commit": "abc"}, results)
    text = without_names(report, "111122223333")
    assert "1 of 2 claims passed" in text
    assert "| mail | FAILED | 2 | arn:aws:iam::<account>:role/x may not send to <address> |" in text
    assert "a \\| b" in text
    assert "example.org" not in text
