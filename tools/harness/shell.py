"""The user's shell: the commands of the README, with the environment of ``make -s env``."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = ROOT / "deployment"
FINANCIAL_DATA = ROOT / "assets" / "financial-data.csv"


class CommandFailed(Exception):
    """A command ended with an error; its output says why."""


class Shell:
    """Runs commands as a user does who has this environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    @classmethod
    def local(cls, settings: dict[str, str] | None = None) -> Shell:
        """As of a new user, after ``make local`` and ``eval "$(make -s env)"``.

        ``settings`` come into the environment first, as in ``LOCALCLOUD_STATE=… make …``.
        """
        environment = outer_environment() | (settings or {})
        run_command(["make", "-s", "local"], environment)
        script = 'eval "$(make -s env)"; env -0'
        printed = run_command(["bash", "-c", script], environment, quiet=True)
        return cls(dict(pair.split("=", 1) for pair in printed.split("\0") if "=" in pair))

    def run(self, *command: str, folder: Path = ROOT, quiet: bool = False) -> str:
        """Return the command's standard output; raises ``CommandFailed``."""
        return run_command(command, self.environment, folder, quiet)

    def deploy(self) -> float:
        """Run ``make deploy`` and return the seconds it took."""
        return stream(["make", "deploy"], self.environment, DEPLOYMENT)

    def settings(self) -> dict[str, str]:
        """What is deployed where, as ``make settings`` prints it."""
        printed = self.run("make", "-s", "settings", folder=DEPLOYMENT, quiet=True)
        return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def outer_environment() -> dict[str, str]:
    """This process's, but as outside make, whose variables would make an inner make talk."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def run_command(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path = ROOT,
    quiet: bool = False,
) -> str:
    """Return the standard output; unless ``quiet``, show the command and its messages."""
    if not quiet:
        print(f"\n$ {shlex.join(command)}", flush=True)
    process = subprocess.run(  # noqa: S603 - the commands of the README
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    if process.returncode:
        sys.stdout.write(process.stdout[-4000:])
        raise CommandFailed(f"{_failure(command, process.returncode)}.\n{process.stderr or ''}")
    return process.stdout


def stream(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    on_line: Callable[[str], None] = lambda _: None,
) -> float:
    """Show the output line by line, hand each to ``on_line``; returns the seconds it took."""
    print(f"\n$ cd {folder.relative_to(ROOT)} && {' '.join(command)}", flush=True)
    start = time.monotonic()
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
            print(f"    {line}", end="", flush=True)
            on_line(line)
    if process.returncode:
        raise CommandFailed(f"{_failure(command, process.returncode)}; see above.")
    return time.monotonic() - start


def _failure(command: Sequence[str], code: int) -> str:
    return f"`{' '.join(command)}` failed with exit code {code}"
