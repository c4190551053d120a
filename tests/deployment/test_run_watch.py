"""deployment/deployer/run_watch.py: how a run stands by what either Region's table shows."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from common.state_reader import StateReader
from deployment.deployer.run_watch import run_view, watch_run
from tests.deployment.fakes import FakeAws, plan
from tests.deployment.regions import PRIMARY, SECONDARY


def attempt(status: str, number: int = 1, region: str = PRIMARY, **attributes: Any) -> Any:
    return {"attempt": number, "region": region, "status": status, **attributes}


@pytest.mark.parametrize(
    ("items", "text", "has_ended"),
    [
        ([], "not begun yet: waiting for S3 to tell the active Region of it", False),
        ([attempt("STARTED")], f"STARTED in {PRIMARY}", False),
        ([attempt("SUPERSEDED")], f"SUPERSEDED in {PRIMARY}", False),
        (
            [attempt("SUPERSEDED"), attempt("STARTED", 2, SECONDARY)],
            f"STARTED in {SECONDARY}, attempt 2",
            False,
        ),
        ([attempt("STARTED", mail_claim="c")], f"UNCERTAIN in {PRIMARY}", False),
        ([attempt("FAILED", mail_claim="c")], f"UNCERTAIN in {PRIMARY}", True),
        ([attempt("FAILED")], f"FAILED in {PRIMARY}", True),
        ([attempt("FAILED"), attempt("GIVEN_UP", 2)], f"GIVEN_UP in {PRIMARY}, attempt 2", True),
        (
            [attempt("COMPLETED"), attempt("STARTED", 2, SECONDARY)],
            f"COMPLETED in {PRIMARY}",
            True,
        ),
        (
            [attempt("FAILED", 2), attempt("STARTED", 2, SECONDARY)],
            f"STARTED in {SECONDARY}, attempt 2",
            False,
        ),
    ],
)
def test_the_attempts_say_how_a_run_stands(items: Any, text: str, has_ended: bool) -> None:
    view = run_view(items)
    assert (str(view), view.has_ended) == (text, has_ended)


def watch(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> str:
    """How the run stands by what each Region's table answers; None if it does not."""

    def attempts(state: StateReader, _run_id: str) -> Any:
        if answers[state.region] is None:
            raise EndpointConnectionError(endpoint_url=state.region)
        return answers[state.region]

    monkeypatch.setattr(StateReader, "attempts", attempts)
    return str(watch_run(FakeAws(), plan(), "r", 0.0, lambda _: None))


@pytest.mark.parametrize("region", [PRIMARY, SECONDARY])
def test_an_attempt_is_read_from_the_table_of_its_own_region(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """The other table is behind."""
    answers = {name: [attempt("STARTED", region=region)] for name in (PRIMARY, SECONDARY)}
    answers[region] = [attempt("COMPLETED", region=region)]
    assert watch(monkeypatch, answers) == f"COMPLETED in {region}"


@pytest.mark.parametrize("down", [PRIMARY, SECONDARY])
def test_a_region_that_is_down_does_not_hide_its_attempts(
    monkeypatch: pytest.MonkeyPatch, down: str
) -> None:
    answers: dict[str, Any] = {name: [attempt("FAILED")] for name in (PRIMARY, SECONDARY)}
    assert watch(monkeypatch, {**answers, down: None}) == f"FAILED in {PRIMARY}"


def test_no_table_that_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EndpointConnectionError):
        watch(monkeypatch, {PRIMARY: None, SECONDARY: None})
