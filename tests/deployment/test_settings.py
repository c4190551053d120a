"""deployment/deployer/preflight/settings.py: each malformed setting is named, with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.deployer.financial_file import COLUMNS, MOST_LISTED
from deployment.deployer.preflight.settings import check_settings
from tests.deployment.fakes import settings


def test_good_settings_have_no_findings() -> None:
    assert check_settings(settings()) == []
    assert check_settings(settings(env="", chunk_records="200", record_concurrency="20")) == []
    assert check_settings(settings(chunk_slots="", chunk_concurrency="", max_rows="")) == []
    assert check_settings(settings(ses_identity="example.com", sender="batch@eu.example.com")) == []


@pytest.mark.parametrize(
    ("changes", "named", "example"),
    [
        ({"env": "dev"}, "ENV=dev", "-dev"),
        ({"primary_region": "Ireland"}, "PRIMARY_REGION=Ireland", "us-east-1"),
        ({"primary_region": "eu-central-1"}, "both eu-central-1", "us-west-2"),
        ({"ses_identity": ""}, "SES_IDENTITY is not set", "SES_IDENTITY=you@example.com"),
        ({"ses_identity": "you"}, "SES_IDENTITY=you", "you@example.com"),
        ({"sender": "me@example.com"}, "SENDER=me@example.com", "you@example.com"),
        (
            {"ses_identity": "example.com", "sender": "me@badexample.com"},
            "SENDER=me@badexample.com does not belong",
            "batch@example.com",
        ),
        ({"recipient": "you"}, "RECIPIENT=you", "you@example.com"),
        ({"operator_email": "you"}, "OPERATOR_EMAIL=you", "you@example.com"),
        ({"arch": "amd64"}, "ARCH=amd64", "x86_64"),
        ({"primary_cidr": "10.64.0.1/20"}, "PRIMARY_CIDR=10.64.0.1/20", "10.64.0.0/20"),
        ({"secondary_cidr": "10.0.0.0/8"}, "SECONDARY_CIDR=10.0.0.0/8", "10.64.0.0/20"),
        ({"primary_cidr": "10.64.0.0/24"}, "/24 is not between /16 and /23", "10.64.0.0/20"),
        ({"secondary_cidr": "10.64.8.0/23"}, "overlap", "10.65.0.0/20"),
        ({"chaos_scope": "sqs"}, "CHAOS_SCOPE=sqs", "dynamodb"),
        ({"chaos_duration": "10 minutes"}, "CHAOS_DURATION=10 minutes", "PT10M"),
        ({"fence_wait": "PT"}, "FENCE_WAIT=PT", "PT3M"),
        ({"replication_wait": "13"}, "REPLICATION_WAIT=13", "PT13M"),
        ({"chunk_records": "1001"}, "CHUNK_RECORDS=1001: expected a whole", "CHUNK_RECORDS=500"),
        ({"chunk_bytes": "69999"}, "from 70000 to 245760", "CHUNK_BYTES=245760"),
        ({"chunk_concurrency": "ten"}, "CHUNK_CONCURRENCY=ten", "CHUNK_CONCURRENCY=10"),
        ({"chunk_slots": "0"}, "from 1 to 1000", "CHUNK_SLOTS=10"),
        ({"record_concurrency": "41"}, "from 1 to 40", "RECORD_CONCURRENCY=10"),
        ({"max_rows": "0"}, "MAX_ROWS=0: expected a whole number from 1 up", "MAX_ROWS=10000000"),
        ({"records_per_call": "11"}, "from 1 to 10", "RECORDS_PER_CALL=10"),
        ({"neutralise_formulas": ""}, "NEUTRALISE_FORMULAS=: expected one of 0, 1", "FORMULAS=1"),
        ({"neutralise_formulas": "yes"}, "one of 0, 1", "NEUTRALISE_FORMULAS=1"),
        ({"neutralise_formulas": "01"}, "one of 0, 1", "NEUTRALISE_FORMULAS=1"),
        ({"neutralise_formulas": "2"}, "one of 0, 1", "NEUTRALISE_FORMULAS=1"),
        ({"link_seconds": "59"}, "from 60 to 43200", "LINK_SECONDS=43200"),
        ({"log_retention_days": "31"}, "one of 1, 3, 5", "LOG_RETENTION_DAYS=30"),
        ({"failed_hours": "-1"}, "FAILED_HOURS=-1", "FAILED_HOURS=48"),
        ({"sweep_hours": ""}, "SWEEP_HOURS=:", "SWEEP_HOURS=168"),
        ({"work_days": "0"}, "WORK_DAYS=0: expected a whole number from 3 up", "WORK_DAYS=15"),
        ({"noncurrent_days": "x"}, "NONCURRENT_DAYS=x", "NONCURRENT_DAYS=30"),
        ({"financial_data": "none.csv"}, "FINANCIAL_DATA=none.csv", "financial-data.csv"),
    ],
)
def test_a_malformed_setting_is_named_with_an_example(
    changes: dict[str, str], named: str, example: str
) -> None:
    (finding,) = check_settings(settings(**changes))
    assert finding.is_missing
    assert named in finding.text
    assert example in finding.text


def test_all_malformed_settings_are_named_at_once() -> None:
    assert len(check_settings(settings(env="dev", arch="amd64", chaos_scope="sqs"))) == 3


def test_financial_data_need_the_column_uuid(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("id,unitsSold\n")
    (finding,) = check_settings(settings(financial_data=str(file)))
    assert "uuid" in finding.text


def test_everything_that_is_wrong_with_the_financial_data_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    rows = "".join(f"{n:09d},,2.50,1.00,25.00,10.00,15.00\n" for n in range(30))
    file.write_text(f"{','.join(COLUMNS)}\n{rows}")
    findings = [finding.text for finding in check_settings(settings(financial_data=str(file)))]
    assert findings[0].startswith(f"FINANCIAL_DATA={file}: line 2: unitsSold is empty")
    assert len(findings) == MOST_LISTED + 1
    assert findings[-1] == f"FINANCIAL_DATA={file}: and 10 more"
