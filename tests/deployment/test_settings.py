"""deployment/deployer/preflight/settings.py: each malformed setting is named, with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.deployer.preflight.settings import problems
from tests.deployment.fakes import settings


def test_good_settings_have_no_problem() -> None:
    assert problems(settings()) == []
    assert problems(settings(env="", tuning="ChunkRecords=200 RecordConcurrency=20")) == []
    assert problems(settings(ses_identity="example.com", sender="batch@eu.example.com")) == []


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
        ({"tuning": "ChunkRecords 200"}, "TUNING=ChunkRecords 200", "ChunkRecords=200"),
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
