"""Processes of sandboxes: started from one thread, and their use of memory."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from localcloud.lambda_.limits import MIB

_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


class ProcessStarter:
    """Starts processes from one thread that lives as long as the cloud.

    PR_SET_PDEATHSIG, which the sandboxes set, fires at the end of the *thread* that forked them
    (prctl(2)): a worker thread of a web server must therefore not fork them itself.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lambda-starter")

    def start(
        self, command: list[str], environment: dict[str, str], folder: Path, output: int, keep: int
    ) -> subprocess.Popen[bytes]:
        """``output`` becomes stdout and stderr; the descriptor ``keep`` stays open in the child."""

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - runs what was deployed, which is its purpose
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[keep],
                start_new_session=True,
            )

        return self._thread.submit(start).result()

    def close(self) -> None:
        self._thread.shutdown()


def peak_mb(pid: int) -> int:
    """Return the largest resident set size of a process so far; 0 without /proc (macOS)."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return 0
    match = _PEAK.search(status)
    return int(match[1]) * 1024 // MIB if match else 0
