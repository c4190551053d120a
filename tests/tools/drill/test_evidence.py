"""Evidence: what belongs to which upload."""

from __future__ import annotations

from tests.tools.drill.support import mail, sound
from tools.drill.evidence import name_in
from tools.drill.runbook import Execution, Step


def test_a_mail_belongs_to_the_file_in_its_subject_whatever_became_of_it() -> None:
    assert name_in(mail()) == name_in(mail(subject="Failed: load-00001.csv")) == "load-00001.csv"


def test_a_file_without_rows_has_an_empty_one_to_show() -> None:
    file = sound()
    file.rows = {}
    assert file.row == {}
    assert file.upload_time > 0


def test_a_region_is_made_active_when_the_step_that_does_it_has_succeeded() -> None:
    failed = Step("Failover", "Failed", 1.0, 2.0, 0.0)
    successful = Step("Failover", "Success", 1.0, 2.0, 0.0)
    assert Execution("Failed", [failed]).flip_time() is None
    assert Execution("InProgress", [successful]).flip_time() == 2.0
