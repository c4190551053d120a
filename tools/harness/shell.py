"""The user's shell: the commands of the README, run with the environment that ``make -s env``
prints.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CommandFailed(Exception):
    """A command ended with an error; its output says why."""


class Shell:
    """Runs commands as a new user would, after ``make local`` and ``eval "$(make -s env)"``."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        """``settings`` are added to the environment first, as in ``LOCALCLOUD_STATE=… make …``."""
        # A user's shell is not inside make, whose variables would make the inner one talk.
        outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        own = {**outer, **(settings or {})}
        call(["make", "-s", "local"], own)
        script = 'eval "$(make -s env)"; env -0'
        printed = call(["bash", "-c", script], own, quiet=True)
        self.environment = dict(pair.split("=", 1) for pair in printed.split("\0") if "=" in pair)

    def run(self, *command: str, folder: Path = ROOT, quiet: bool = False) -> str:
        """The command's standard output; raises ``CommandFailed`` if it fails."""
        return call(command, self.environment, folder, quiet)

    def settings(self) -> dict[str, str]:
        """What is deployed where, as ``make settings`` prints it."""
        printed = self.run("make", "-s", "settings", folder=ROOT / "deployment", quiet=True)
        return dict(line.split("=", 1) for line in printed.splitlines())


def call(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path = ROOT,
    quiet: bool = False,
) -> str:
    """Run and return the standard output; unless ``quiet``, show the command and its messages."""
    if not quiet:
        print(f"\n$ {shlex.join(command)}", flush=True)
    done = subprocess.run(  # noqa: S603 - the commands of the README
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stdout.write(done.stdout[-4000:])
        raise CommandFailed(
            f"`{' '.join(command)}` failed with exit code {done.returncode}.\n{done.stderr or ''}"
        )
    return done.stdout


def stream(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    prefix: str = "    ",
    seen: Callable[[str], None] = lambda _: None,
) -> float:
    """Run with its output shown line by line, each given to ``seen``; returns the seconds it
    took.
    """
    print(f"\n$ cd {folder.relative_to(ROOT)} && {' '.join(command)}", flush=True)
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - the commands of the README
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        for line in process.stdout:
            print(f"{prefix}{line}", end="", flush=True)
            seen(line)
    if process.returncode:
        raise CommandFailed(
            f"`{' '.join(command)}` failed with exit code {process.returncode}; see above."
        )
    return time.monotonic() - began
