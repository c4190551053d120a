"""Fakes of `aws` and `sam` on the PATH, which record how they are called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


class FakePrograms:
    """A folder in front of the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls = folder / "calls"
        self._calls.touch()

    def add(self, name: str, script: str) -> None:
        """Add a program by its shell script, in which `$*` are the arguments."""
        path = self.folder / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> {self._calls}\n{script}\n')
        path.chmod(0o755)

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the repository that calls these programs."""
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
