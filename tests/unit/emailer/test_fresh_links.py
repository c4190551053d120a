"""An operator gets new links to a result."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest

from common.state_table import StateTable
from emailer.fresh_links import NotCompleted
from tests.unit.emailer.helpers import FAILED_EVENT, THERE, Emailer, begin_attempt
from tests.unit.helpers import set_active_region
from tests.unit.samples import COMPLETED_EVENT


def test_both_regions_sign_new_links_to_a_result_and_its_rejects(
    emailer: Emailer, send: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    emailer(COMPLETED_EVENT)
    set_active_region(monkeypatch, THERE)
    links = emailer({"link": "r"})
    assert (links["run_id"], links["seconds"]) == ("r", 3600)
    assert "/output/r/sales.csv?" in links["result"]
    assert "versionId=v1" in links["result"]
    assert "/output/r/sales.csv.rejects.csv?" in links["rejects"]
    assert send.call_count == 1


def test_a_result_without_rejects_has_no_link_to_them(emailer: Emailer) -> None:
    emailer(COMPLETED_EVENT | {"rejects_key": None, "rejects_version_id": None})
    assert emailer({"link": "r"})["rejects"] is None


def test_a_result_of_the_other_region_is_linked_too(emailer: Emailer, state: StateTable) -> None:
    result = {"output_key": "output/r-2/sales.csv", "output_version_id": "v7"}
    begin_attempt(state, 2, status="COMPLETED", **result)
    assert "/output/r-2/sales.csv?" in emailer({"link": "r"})["result"]


def test_a_run_without_a_result_is_an_error_that_names_it(emailer: Emailer) -> None:
    emailer(FAILED_EVENT)
    for run_id in ("r", "unknown"):
        with pytest.raises(NotCompleted, match=f"no attempt at {run_id} is visible in us-west-2"):
            emailer({"link": run_id})


def test_no_signed_link_is_logged(
    emailer: Emailer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    emailer(COMPLETED_EVENT)
    emailer({"link": "r"})
    logged = capsys.readouterr().out + str([vars(record) for record in caplog.records])
    assert "X-Amz-" not in logged
