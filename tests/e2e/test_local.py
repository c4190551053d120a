"""`make local` and `make local-stop`: the background process, as a user has it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tools.harness.shell import CommandFailed, Shell


def test_the_local_cloud_starts_answers_and_stops_without_a_trace(tmp_path: Path) -> None:
    """F1, F2: the commands find one process in the background; stopping it leaves neither the
    process nor its folder, which no other user could read, and stopping again is no error.
    """
    state = tmp_path / "state"
    shell = Shell.local({"LOCALCLOUD_STATE": str(state)})
    pid = json.loads((state / "ready.json").read_text())["pid"]
    identity = shell.run("aws", "sts", "get-caller-identity", "--output", "json", quiet=True)
    assert json.loads(identity)["Account"] == shell.environment["AWS_ACCOUNT"]
    own = [path for path in (state, *state.rglob("*")) if not path.is_symlink()]
    readable = [path for path in own if path.stat().st_mode & 0o077]
    shell.run("make", "-s", "local-stop", quiet=True)
    assert (len(own) > 5, readable) == (True, [])
    assert _process_state(pid)[:1] in ("", "Z")  # Z: ended, and nobody has asked for its exit code
    assert not state.exists()
    shell.run("make", "-s", "local-stop", quiet=True)
    with pytest.raises(CommandFailed):
        shell.run("make", "-s", "env", quiet=True)


def _process_state(pid: int) -> str:
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed, the pid is an int
