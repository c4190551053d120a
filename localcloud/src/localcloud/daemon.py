"""Starts and stops the local cloud as a background process, whose state is one folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.garbage_collection import tune_garbage_collection
from localcloud.private_files import check_contents, make_private_folder, write_private
from localcloud.settings import Settings

if TYPE_CHECKING:
    from localcloud.cloud import Cloud

_START_SECONDS = 60
_STOP_SECONDS = 20
# glibc keeps what its many threads have freed: after a deployment hundreds of MiB. With these it
# returns the memory of large objects, such as archives, at once. Other systems ignore them.
# https://man7.org/linux/man-pages/man3/mallopt.3.html
_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(2**18)}


class NotRunning(Exception):
    """No local cloud runs on this state folder."""


@dataclass(frozen=True)
class Ready:
    """``ready.json`` of a running cloud. ``command``: the command line of its process."""

    pid: int
    command: str
    access_key: str
    secret_key: str
    environment: dict[str, str] = field(default_factory=dict)


def start(settings: Settings) -> int:
    """Start ``serve`` detached and wait until it answers. Returns an exit code.

    Raises SystemExit for a state folder that holds other files.
    """
    if ready := _running(settings):
        print(f"The local cloud is running already (process {ready.pid}).", file=sys.stderr)
        return 0
    check_contents(settings.state_dir)
    make_private_folder(settings.state_dir)
    log_file = settings.state_dir / "localcloud.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "localcloud", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **_MALLOC, "LOCALCLOUD_STATE": str(settings.state_dir)},
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
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with hosted(settings):
        tune_garbage_collection()
        stopped.wait()
    return 0


@contextmanager
def hosted(settings: Settings) -> Iterator["Cloud"]:
    """A local cloud in this process, which the shell's commands find like any other."""
    from localcloud.assembly import assemble  # takes seconds, and only a host needs it

    cloud, _ = assemble(settings)
    keys = cloud.principals.admin_credentials
    pid = os.getpid()
    ready = Ready(pid, _command(pid), keys.access_key, keys.secret_key, cloud.environment)
    partial = settings.state_dir / "ready.part"
    write_private(partial, json.dumps(asdict(ready)).encode())
    partial.rename(_ready_file(settings))
    try:
        yield cloud
    finally:
        cloud.close()
        # Last: as long as this cloud lives, `stop` must find it.
        _ready_file(settings).unlink(missing_ok=True)


def stop(settings: Settings) -> int:
    """End the process and its children, then remove the state folder; no error if none runs."""
    ready = _running(settings)
    if ready is None:
        print("The local cloud is not running.", file=sys.stderr)
    else:
        _end(ready)
        print("The local cloud has stopped.", file=sys.stderr)
    if (settings.state_dir / "ledger.jsonl").exists():  # never remove another folder
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
    return ready if _lives(ready) else None


def _lives(ready: Ready) -> bool:
    """Process ids are reused: the command line must be the same."""
    return _command(ready.pid) == ready.command


def _command(pid: int) -> str:
    """Empty if there is no such process."""
    return _ps(pid, "command")


def resident_mib(pid: int) -> int:
    """The memory of a running process that is in use."""
    return int(_ps(pid, "rss")) // 1024


def _ps(pid: int, column: str) -> str:
    """``ps`` is on Linux and macOS alike."""
    result = subprocess.run(  # noqa: S603 - fixed command, the pid is an int
        ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)],  # noqa: S607 - found on PATH on purpose
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip()


def _end(ready: Ready) -> None:
    os.kill(ready.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _lives(ready) and time.monotonic() < deadline:
        time.sleep(0.05)  # polls another process; it has no event to offer
    if _lives(ready):
        os.killpg(ready.pid, signal.SIGKILL)  # its own group, made by start_new_session


def _ready_file(settings: Settings) -> Path:
    return settings.state_dir / "ready.json"
