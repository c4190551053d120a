"""deployment/deployer/destination.py: all calls go to one place, or nothing is done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError

from deployment.deployer.aws import Aws
from deployment.deployer.destination import AWS_ITSELF, EXAMPLE_ACCOUNTS, SERVICES, destination
from deployment.deployer.errors import DeployError
from tests.deployment.programs import ROOT

REGION, ACCOUNT, EMULATED = "eu-west-1", "111122223333", EXAMPLE_ACCOUNTS[0]
PROXY, ENDPOINT = "http://127.0.0.1:3128", "http://localhost:4566"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_by_default_the_calls_go_to_aws() -> None:
    assert destination(Aws(), REGION, ACCOUNT) == AWS_ITSELF


def test_aws_may_be_behind_a_proxy_which_some_services_need_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", f".s3.{REGION}.amazonaws.com")
    assert destination(Aws(), REGION, ACCOUNT) == AWS_ITSELF


def test_an_emulator_is_known_by_the_account_of_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert destination(Aws(), REGION, EMULATED) == PROXY
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    assert destination(Aws(), REGION, EXAMPLE_ACCOUNTS[1]) == ENDPOINT


@pytest.mark.parametrize("account", [ACCOUNT, EMULATED])
def test_an_endpoint_of_one_service_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", ENDPOINT)
    with pytest.raises(DeployError) as caught:
        destination(Aws(), REGION, account)
    text = str(caught.value)
    assert f"dynamodb to {ENDPOINT}; the others to" in text
    assert "The environment has AWS_ENDPOINT_URL_DYNAMODB." in text


def test_an_endpoint_of_a_profile_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        f"[profile old]\nservices = here\n[services here]\ns3 =\n  endpoint_url = {ENDPOINT}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "old")
    with pytest.raises(DeployError, match="a configuration file of AWS"):
        destination(Aws(), REGION, ACCOUNT)


def test_a_service_that_bypasses_the_proxy_of_an_emulator_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", f"sqs.{REGION}.amazonaws.com")
    with pytest.raises(DeployError, match="sqs to AWS; the others to"):
        destination(Aws(), REGION, EMULATED)


def test_every_service_that_is_called_is_looked_at() -> None:
    """But for ARC's cluster, whose endpoints are told at run time."""
    texts = [file.read_text() for file in (ROOT / "deployment" / "deployer").rglob("*.py")]
    called = set(re.findall(r'client\(\s*"([a-z0-9-]+)"', "\n".join(texts)))
    assert called - {"route53-recovery-cluster"} == set(SERVICES)


def test_credentials_that_are_over_are_an_error_of_aws_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z")
    with pytest.raises(BotoCoreError, match="expired"):
        Aws().identity(REGION)
