"""Sandboxes as processes: they end with the host, use the VPC's DNS, and call AWS by the proxy."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import weakref
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from localcloud import lambda_
from localcloud.cloud import new_cloud
from localcloud.lambda_.packages import make_runtime_directory
from localcloud.lambda_.process import ProcessStarter
from localcloud.lambda_.sandbox import Event, Sandbox, SandboxSpec
from localcloud.proxy import ProxyServer
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.settings import Settings
from tests.lambda_.conftest import REGION, Bench

_HOST = """
import os, signal, sys
from pathlib import Path
from localcloud.lambda_.sandbox import Event, Sandbox, SandboxSpec
from localcloud.lambda_.process import ProcessStarter
folder = Path(sys.argv[1])
spec = SandboxSpec("app.handler", (str(folder), sys.argv[2]), {}, 128, folder / "home")
sandbox = Sandbox(spec, ProcessStarter())
sandbox.start("1", 10)
print(sandbox.invoke(Event("1", b"{}", "arn"), 10).payload.decode(), flush=True)
sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    return make_runtime_directory(tmp_path / "runtime")


def start(
    folder: Path,
    runtime: Path,
    source: str,
    dns: tuple[str, int] | None = None,
    environment: dict[str, str] | None = None,
    starter: ProcessStarter | None = None,
) -> Sandbox:
    """A sandbox that has loaded the handler in ``source``."""
    (folder / "app.py").write_text(source)
    path = (str(folder), str(runtime))
    spec = SandboxSpec("app.handler", path, environment or {}, 128, folder / "home", dns)
    sandbox = Sandbox(spec, starter or ProcessStarter())
    sandbox.start("1", 10)
    return sandbox


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_sandbox_dies_with_a_host_that_is_killed(tmp_path: Path, runtime: Path) -> None:
    (tmp_path / "app.py").write_text("import os\ndef handler(e, c): return os.getpid()")
    host = subprocess.Popen(  # noqa: S603 - runs this test's own lines
        [sys.executable, "-c", _HOST, str(tmp_path), str(runtime)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert host.stdout is not None
    sandbox = os.pidfd_open(int(host.stdout.readline()))
    host.communicate("")
    readable, _, _ = select.select([sandbox], [], [], 5)
    os.close(sandbox)
    assert readable


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_the_thread_that_a_sandbox_would_end_with_lives_as_long_as_it(
    tmp_path: Path, runtime: Path
) -> None:
    starter = ProcessStarter()
    thread = weakref.ref(starter)
    sandbox = start(tmp_path, runtime, "def handler(e, c): pass", starter=starter)
    del starter
    is_alive = thread() is not None
    sandbox.kill()
    assert is_alive


STRANGER = """
import http.client, os
def handler(event, context):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"], timeout=5)
    try:
        api.request(*event)
        return api.getresponse().status
    except ConnectionError as error:
        return "refused"
"""


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", "/2018-06-01/runtime/invocation/next"),
        ("POST", "/2018-06-01/runtime/invocation/1/response", "stolen"),
        ("GET", "/another-secret/2018-06-01/runtime/invocation/next"),
        ("GET", "/"),
    ],
    ids=lambda request_: request_[1],
)
def test_the_runtime_api_answers_nobody_without_the_secret_of_the_sandbox(
    tmp_path: Path, runtime: Path, request_: tuple[str, ...]
) -> None:
    """The function itself plays the other process: it finds the address of its own API."""
    sandbox = start(tmp_path, runtime, STRANGER)
    answer = sandbox.invoke(Event("1", json.dumps(request_).encode(), "arn"), 10)
    sandbox.kill()
    assert answer.payload == b'"refused"'


def test_bytes_that_are_no_http_do_not_disturb_an_invocation(tmp_path: Path, runtime: Path) -> None:
    source = """
import os, socket
def handler(event, context):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    for noise in (b"\\r\\n\\r\\n", b"x" * 10_000, b"GET\\r\\n\\r\\n", bytes(range(256))):
        with socket.create_connection((host, int(port)), timeout=5) as api:
            api.sendall(noise)
    return "undisturbed"
"""
    sandbox = start(tmp_path, runtime, source)
    answer = sandbox.invoke(Event("1", b"{}", "arn"), 10)
    sandbox.kill()
    assert answer.payload == b'"undisturbed"'


def test_an_event_is_awaited_without_a_new_thread(tmp_path: Path, runtime: Path) -> None:
    source = "import sys\ndef handler(e, c): return 'concurrent.futures.thread' in sys.modules"
    python_on_lambda = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}
    sandbox = start(tmp_path, runtime, source, environment=python_on_lambda)
    answer = sandbox.invoke(Event("1", b"{}", "arn"), 10)
    sandbox.kill()
    assert answer.payload == b"false"


def test_an_invocation_has_all_that_its_function_wrote(tmp_path: Path, runtime: Path) -> None:
    source = "def handler(e, c):\n for i in range(e): print(i)"
    sandbox = start(tmp_path, runtime, source)
    for lines in (1, 10_000, 3):
        sandbox.invoke(Event("1", str(lines).encode(), "arn"), 10)
        written = [int(line.message) for line in sandbox.output.take()]
        assert written == list(range(lines))
    sandbox.kill()


def test_dnspython_asks_the_resolver_of_the_vpc(tmp_path: Path, runtime: Path) -> None:
    source = (
        "import dns.resolver\n"
        "def handler(e, c):\n"
        " return [[r.nameservers, r.port] for r in"
        " (dns.resolver.get_default_resolver(), dns.resolver.Resolver())]"
    )
    spec = find_spec("dns")
    assert spec is not None
    assert spec.origin is not None
    (tmp_path / "dns").symlink_to(Path(spec.origin).parent)
    sandbox = start(tmp_path, runtime, source, ("127.0.0.1", 5353))
    answer = sandbox.invoke(Event("1", b"{}", "arn"), 10)
    sandbox.kill()
    assert json.loads(answer.payload) == [[["127.0.0.1"], 5353]] * 2


def test_a_handler_calls_s3_through_the_proxy_as_its_role(tmp_path: Path) -> None:
    cloud = new_cloud(Settings(state_dir=tmp_path))
    authority = CertificateAuthority(tmp_path)
    proxy = ProxyServer(cloud.gateway, authority, None)
    cloud.environment.update(
        HTTPS_PROXY=proxy.address, AWS_CA_BUNDLE=str(authority.certificate_file)
    )
    lambda_.install(cloud)
    proxy.start()
    cloud.on_close(proxy.stop)
    cloud.clients.client("s3", REGION).create_bucket(Bucket="shelf")
    iam = cloud.clients.client("iam", REGION)
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Statement": trust})
    )
    bench = Bench(cloud, role["Role"]["Arn"])
    name = bench.function(
        "import boto3\ns3 = boto3.client('s3')\ndef handler(e, c):\n"
        " s3.put_object(Bucket='shelf', Key='k', Body=b'book')\n"
        " return 'kept'",
        Timeout=20,
    )
    try:
        assert bench.result(name) == "kept"
        entries = [e for e in cloud.ledger.entries() if e.action == "s3:PutObject"]
        assert [entry.principal for entry in entries] == [
            f"arn:aws:sts::123456789012:assumed-role/reader/{name}"
        ]
    finally:
        cloud.close()
