"""``localcloud env``: what a shell has after ``eval``; ``localcloud status``."""

from __future__ import annotations

import json
import os
import re
import shlex
import ssl
import subprocess
import sys
from pathlib import Path

import certifi
import pytest

from localcloud import outer_proxy, shell, trust
from localcloud.assembly import assemble
from localcloud.daemon import Ready
from localcloud.proxy.tunnel import Upstream
from localcloud.settings import Settings
from localcloud.shell import exports, failure, status

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
    lines = exports(Ready(1, "", "LOCALKEY", "secret", environment))
    process = run(
        f"{lines}\n{sys.executable} -c '{PROBE}'", AWS_CONFIG_FILE=str(config), **inherited
    )
    assert json.loads(process.stdout) == [
        "https://s3.amazonaws.com",
        "https://sqs.us-east-1.amazonaws.com",
        "https://dynamodb.us-east-1.amazonaws.com",
        "LOCALKEY",
    ]


AUTHORITY = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
SHOW = "; for name in {}; do echo $name ${{!name}}; done"


def variables(ready: Ready, names: str, **environment: str) -> dict[str, str]:
    """These variables in a shell that has evaluated the lines twice, as users do."""
    script = (
        f"from localcloud.daemon import Ready; from localcloud.shell import exports;"
        f"print(exports({ready!r}))"
    )
    lines = f'eval "$({sys.executable} -c {shlex.quote(script)})"'
    printed = run(f"{lines}; {lines}{SHOW.format(names)}", **environment)
    assert printed.stderr == ""
    return dict(line.partition(" ")[::2] for line in printed.stdout.splitlines())


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    """A cloud whose bundle has two authorities."""
    (tmp_path / "state").mkdir()
    local = tmp_path / "state" / "ca.pem"
    local.write_text(AUTHORITY.format("local"))
    trust.write_bundle(local.parent, local, {})
    bundle = dict.fromkeys(trust.VARIABLES, str(trust.bundle_in(local.parent)))
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:1", "AWS_CA_BUNDLE": str(local)}
    return Ready(1, "", "KEY", "secret", {**bundle, **proxy})


def test_other_tools_trust_the_cloud_and_all_that_they_trusted_before(
    tmp_path: Path, ready: Ready
) -> None:
    """What replaces a tool's list has the usual authorities, and those of the user's variables."""
    own = {}
    for name in trust.VARIABLES:
        (tmp_path / name).write_text(AUTHORITY.format(name))
        own[name] = str(tmp_path / name)
    environment = variables(ready, " ".join((*trust.VARIABLES, trust.OUTER)), **own)
    remembered = environment.pop(trust.OUTER)
    [bundle] = set(environment.values())
    text = Path(bundle).read_text()
    for authority in ("local", *trust.VARIABLES):
        assert text.count(AUTHORITY.format(authority)) == 1
    assert text.count("BEGIN") > 100  # Mozilla's list alone has more
    assert Path(certifi.where()).read_text().split("-----")[2] in text
    # A cloud that is started anew from this shell finds the user's own again.
    trust.write_bundle(
        tmp_path / "state", tmp_path / "state" / "ca.pem", {**environment, trust.OUTER: remembered}
    )
    assert set(Path(bundle).read_text().split("-----")) == set(text.split("-----"))


def test_the_bundle_is_whole_where_openssl_has_a_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "_SYSTEM", ())
    paths = ssl.DefaultVerifyPaths("", "", "", "/absent", "", "/absent")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    trust.write_bundle(tmp_path, tmp_path / "absent", {"SSL_CERT_FILE": "/absent"})
    ssl.create_default_context(cafile=str(trust.bundle_in(tmp_path)))


def test_the_users_own_proxy_is_remembered(ready: Ready) -> None:
    names = f"HTTPS_PROXY no_proxy {outer_proxy.OUTER}"
    environment = variables(ready, names, HTTPS_PROXY="http://corporate:3128", no_proxy=".corp")
    assert environment == {
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "no_proxy": "localhost,127.0.0.1,.corp",
        outer_proxy.OUTER: "http://corporate:3128",
    }
    # For a cloud that is started anew from this shell.
    assert outer_proxy.outer_proxy(environment) == "http://corporate:3128"
    assert outer_proxy.outer_proxy({outer_proxy.OUTER: "", "HTTPS_PROXY": "http://old"}) == ""
    assert outer_proxy.outer_proxy({"https_proxy": "http://lower"}) == "http://lower"


def test_a_cloud_that_is_started_anew_uses_the_users_own_proxy_and_not_the_former_cloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv(outer_proxy.OUTER, "http://corporate:3128")
    cloud, proxy = assemble(Settings(tmp_path / "state"))
    cloud.close()
    assert proxy.upstream == Upstream("corporate", 3128)
    assert {cloud.environment[name] for name in trust.VARIABLES} == {
        str(trust.bundle_in(tmp_path / "state"))
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "localhost,127.0.0.1"),
        (".corp, 10.0.0.0/8,::1", "localhost,127.0.0.1,.corp,10.0.0.0/8,::1"),
        ("localhost,corp", "localhost,127.0.0.1,corp"),
        ("*", "localhost,127.0.0.1"),
        ("amazonaws.com,.amazonaws.com,*.amazonaws.com,com,.aws", "localhost,127.0.0.1"),
        ("s3.us-east-1.amazonaws.com,sts.amazonaws.com:443", "localhost,127.0.0.1"),
        ("myamazonaws.com", "localhost,127.0.0.1,myamazonaws.com"),
    ],
)
def test_exceptions_of_the_users_proxy_stay_but_for_aws(before: str, after: str) -> None:
    assert outer_proxy.hosts_without_proxy({"NO_PROXY": before}) == after
    assert outer_proxy.hosts_without_proxy({"no_proxy": after}) == after


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


def test_the_status_shows_the_memory_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "send", lambda *_: [])
    (tmp_path / "ledger.jsonl").touch()
    first = status(Settings(tmp_path), Ready(os.getpid(), "", "KEY", "secret"))
    assert re.match(rf"running, process {os.getpid()}, [1-9]\d+ MiB resident, state in", first)
