"""Starts and stops the local cloud as a background process. Its state is one folder, which dies
with it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from localcloud.settings import Settings

_START_SECONDS = 60
_STOP_SECONDS = 20


class NotRunning(Exception):
    """No local cloud runs on this state folder."""


@dataclass(frozen=True)
class Ready:
    """What a running cloud says of itself, in ``ready.json``."""

    pid: int
    account_id: str
    access_key: str
    secret_key: str
    environment: dict[str, str] = field(default_factory=dict)


def start(settings: Settings) -> int:
    """Start ``serve`` detached and wait until it answers. Returns an exit code."""
    if ready := _running(settings):
        print(f"The local cloud is running already (process {ready.pid}).", file=sys.stderr)
        return 0
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    log_file = settings.state_dir / "localcloud.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "localcloud", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "LOCALCLOUD_STATE": str(settings.state_dir)},
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _running(settings):
            print(f"The local cloud runs (process {process.pid}, log {log_file}).", file=sys.stderr)
            return 0
        time.sleep(0.05)  # polls another process; it has no event to offer
    print(f"The local cloud did not start. The end of {log_file}:\n", file=sys.stderr)
    print("\n".join(log_file.read_text().splitlines()[-15:]), file=sys.stderr)
    process.kill()
    return 1


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT."""
    from localcloud.assembly import assemble  # heavy imports, needed by this command alone

    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    cloud, _ = assemble(settings)
    keys = cloud.principals.admin_credentials
    ready = Ready(
        os.getpid(), settings.account_id, keys.access_key, keys.secret_key, cloud.environment
    )
    partial = settings.state_dir / "ready.part"
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(asdict(ready)))
    partial.rename(_ready_file(settings))
    done.wait()
    cloud.close()
    # Last: as long as this process lives, `stop` must find it.
    _ready_file(settings).unlink(missing_ok=True)
    return 0


def stop(settings: Settings) -> int:
    """End the process and what it started, then remove the state folder. Stopping twice is no
    error.
    """
    ready = _running(settings)
    if ready is None:
        print("The local cloud is not running.", file=sys.stderr)
    else:
        _end(ready.pid)
        print("The local cloud has stopped.", file=sys.stderr)
    if (settings.state_dir / "ledger.jsonl").exists():  # never remove a folder that is not ours
        shutil.rmtree(settings.state_dir, ignore_errors=True)
    return 0


def read_ready(settings: Settings) -> Ready:
    ready = _running(settings)
    if ready is None:
        raise NotRunning(
            f"No local cloud runs in {settings.state_dir}. Start it with `make local`."
        )
    return ready


def _running(settings: Settings) -> Ready | None:
    try:
        ready = Ready(**json.loads(_ready_file(settings).read_text()))
    except FileNotFoundError:
        return None
    return ready if _is_ours(ready.pid) else None


def _is_ours(pid: int) -> bool:
    """A process id can be given anew: look at what runs under it (``ps`` is on Linux and macOS
    alike).
    """
    answer = subprocess.run(  # noqa: S603 - fixed command, the pid is an int
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 - found on PATH on purpose
        capture_output=True,
        text=True,
        check=False,
    )
    return "localcloud serve" in answer.stdout


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _is_ours(pid) and time.monotonic() < deadline:
        time.sleep(0.05)  # polls another process; it has no event to offer
    if _is_ours(pid):
        os.killpg(pid, signal.SIGKILL)  # its own group, made by start_new_session


def _ready_file(settings: Settings) -> Path:
    return settings.state_dir / "ready.json"
