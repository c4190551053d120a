"""Starts sandboxes' processes from one thread that lives as long as the cloud.

PR_SET_PDEATHSIG, which the sandboxes set, fires at the end of the *thread* that forked them
(prctl(2)): a worker thread of a web server must therefore not fork them itself.
"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class Spawner:
    """``start`` is ``subprocess.Popen`` on the long-lived thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lambda-spawner")

    def start(
        self, command: list[str], environment: dict[str, str], folder: Path, output: int, keep: int
    ) -> subprocess.Popen[bytes]:
        """``output`` becomes stdout and stderr; the descriptor ``keep`` stays open in the child."""

        def spawn() -> subprocess.Popen[bytes]:
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

        return self._thread.submit(spawn).result()

    def close(self) -> None:
        self._thread.shutdown()
