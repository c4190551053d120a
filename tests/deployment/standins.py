"""Stand-ins for `aws` and `sam` on the PATH, which note what they are called with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Shell:
    """A folder in front of the PATH, and the calls that its programs saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls = folder / "calls"
        self._calls.touch()

    def program(self, name: str, body: str) -> None:
        """`body` is shell; `$*` is what the program was called with."""
        path = self.folder / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> {self._calls}\n{body}\n')
        path.chmod(0o755)

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        return subprocess.run(  # noqa: S603 - our own scripts
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
