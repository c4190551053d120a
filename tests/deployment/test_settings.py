"""deployment/deployer/preflight/settings.py: each malformed setting is named, with an example."""

from __future__ import annotations

import os
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pytest

from deployment.deployer.preflight.settings import problems
from deployment.deployer.settings import Settings
from tests.deployment.fakes import settings
from tests.deployment.standins import ROOT


def test_good_settings_have_no_problem() -> None:
    assert problems(settings()) == []
    assert problems(settings(env="", chunk_records="200", record_concurrency="20")) == []
    assert problems(settings(ses_identity="example.com", sender="batch@eu.example.com")) == []


def makefile_settings(*arguments: str) -> Settings:
    """What `make deploy …` would hand to the deployer."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME")}
    command = ["make", "-s", "--eval", "print-settings: ; @env -0", "print-settings", *arguments]
    printed = subprocess.run(  # noqa: S603 - make, with our own Makefile
        command,
        cwd=ROOT / "deployment",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exported = dict(line.split("=", 1) for line in printed.split("\0") if "=" in line)
    return Settings(**{field.name: exported[field.name.upper()] for field in fields(Settings)})


def test_the_makefile_exports_every_setting_and_its_defaults_are_allowed() -> None:
    identity = makefile_settings("SES_IDENTITY=example.com")
    assert problems(replace(identity, financial_data="assets/financial-data.csv")) == []
    assert (identity.sender, identity.recipient) == ("batch@example.com", "batch@example.com")


@pytest.mark.parametrize("delimiter", [",", ";", "|", "tab"])
def test_a_delimiter_passes_through_make(delimiter: str) -> None:
    assert makefile_settings(f"DELIMITER={delimiter}").delimiter == delimiter
    assert problems(settings(delimiter=delimiter)) == []


@pytest.mark.parametrize(
    ("given", "named", "example"),
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
        ({"secondary_cidr": "10.64.8.0/24"}, "overlap", "10.65.0.0/20"),
        ({"chaos_scope": "sqs"}, "CHAOS_SCOPE=sqs", "dynamodb"),
        ({"chaos_duration": "10 minutes"}, "CHAOS_DURATION=10 minutes", "PT10M"),
        ({"fence_wait": "PT"}, "FENCE_WAIT=PT", "PT3M"),
        ({"replication_wait": "13"}, "REPLICATION_WAIT=13", "PT13M"),
        ({"chunk_records": "1001"}, "CHUNK_RECORDS=1001: expected a whole", "CHUNK_RECORDS=100"),
        ({"chunk_bytes": "65999"}, "from 66000 to 200000", "CHUNK_BYTES=131072"),
        ({"chunk_concurrency": "ten"}, "CHUNK_CONCURRENCY=ten", "CHUNK_CONCURRENCY=10"),
        ({"record_concurrency": "41"}, "from 1 to 40", "RECORD_CONCURRENCY=10"),
        ({"delimiter": ""}, "DELIMITER=: expected one character", 'DELIMITER=";"'),
        ({"delimiter": '"'}, "no quotation mark", 'DELIMITER=";"'),
        ({"delimiter": "::"}, "or the word tab", 'DELIMITER=";"'),
        ({"link_seconds": "59"}, "from 60 to 43200", "LINK_SECONDS=3600"),
        ({"log_retention_days": "31"}, "one of 1, 3, 5", "LOG_RETENTION_DAYS=30"),
        ({"failed_hours": "-1"}, "FAILED_HOURS=-1", "FAILED_HOURS=48"),
        ({"sweep_hours": ""}, "SWEEP_HOURS=:", "SWEEP_HOURS=168"),
        ({"work_days": "0"}, "WORK_DAYS=0: expected a whole number from 1 up", "WORK_DAYS=7"),
        ({"noncurrent_days": "x"}, "NONCURRENT_DAYS=x", "NONCURRENT_DAYS=30"),
        ({"financial_data": "none.csv"}, "FINANCIAL_DATA=none.csv", "financial-data.csv"),
    ],
)
def test_a_malformed_setting_is_named_with_an_example(
    given: dict[str, str], named: str, example: str
) -> None:
    (found,) = problems(settings(**given))
    assert found.stops
    assert named in found.text
    assert example in found.text


def test_all_problems_are_named_at_once() -> None:
    assert len(problems(settings(env="dev", arch="amd64", chaos_scope="sqs"))) == 3


def test_data_without_a_key_are_no_data(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("id,unitsSold\n")
    (found,) = problems(settings(financial_data=str(file)))
    assert "uuid" in found.text
