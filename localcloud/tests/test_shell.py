"""``localcloud env``: what a shell has after ``eval``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.daemon import Ready
from localcloud.shell import exports, failure

ELSEWHERE = "http://elsewhere.example:1"
CONFIGURATION = f"""[default]
endpoint_url = {ELSEWHERE}
region = eu-north-1
[profile mine]
services = here
[services here]
sqs =
  endpoint_url = {ELSEWHERE}
"""
PROBE = """
import boto3, json
session = boto3.Session()
urls = [session.client(name).meta.endpoint_url for name in ("s3", "sqs", "dynamodb")]
print(json.dumps([*urls, session.get_credentials().access_key]))
"""


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a script of this file
        ["bash", "-c", script],  # noqa: S607 - the user's bash
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "inherited",
    [
        {},
        {"AWS_ENDPOINT_URL_S3": ELSEWHERE, "AWS_ENDPOINT_URL": ELSEWHERE},
        {"AWS_PROFILE": "mine"},
        {"AWS_REGION": "eu-north-1", "AWS_USE_FIPS_ENDPOINT": "true", "AWS_SESSION_TOKEN": "t"},
    ],
)
def test_nothing_that_the_shell_had_sends_a_call_elsewhere(
    tmp_path: Path, inherited: dict[str, str]
) -> None:
    config = tmp_path / "config"
    config.write_text(CONFIGURATION)
    environment = {"AWS_CA_BUNDLE": str(tmp_path / "ca.pem"), "HTTPS_PROXY": "http://127.0.0.1:1"}
    lines = exports(Ready(1, "", "1", "LOCALKEY", "secret", environment))
    process = run(
        f"{lines}\n{sys.executable} -c '{PROBE}'", AWS_CONFIG_FILE=str(config), **inherited
    )
    assert json.loads(process.stdout) == [
        "https://s3.amazonaws.com",
        "https://sqs.us-east-1.amazonaws.com",
        "https://dynamodb.us-east-1.amazonaws.com",
        "LOCALKEY",
    ]


def test_without_a_cloud_eval_fails_says_why_and_sets_nothing() -> None:
    lines = failure("It doesn't run.")
    process = run(
        'before=$(env); eval "$SNIPPET"; echo $?; test "$before" = "$(env)"; echo $?', SNIPPET=lines
    )
    assert process.stderr == "It doesn't run.\n"
    assert process.stdout.split() == ["1", "0"]


def test_the_command_without_a_cloud_prints_a_failure_for_eval(tmp_path: Path) -> None:
    localcloud = Path(sys.executable).parent / "localcloud"
    process = run(f'eval "$({localcloud} env)" && echo next', LOCALCLOUD_STATE=str(tmp_path))
    assert process.returncode == 1
    assert "Nothing was set" in process.stderr
    assert process.stdout == ""
