"""A load of files of varied size, uploaded by ``assets/load-test.sh`` while other things happen."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.harness.shell import ROOT, CommandFailed, Shell, run_command

# Rows of the files that take turns; some are so large that one is always under way.
SIZES = (40, 300, 25, 500, 60, 120)
# One upload after the other, so that some come before a failure and some after it.
PAUSE = ("-w", "0.1")
_UPLOADED = re.compile(r"\d+ of \d+: (?P<key>input/\S+) from (?P<source>.+)\n")


@dataclass(frozen=True)
class Upload:
    """One file of a load, and what it is a copy of."""

    key: str
    source: Path

    @property
    def name(self) -> str:
        return self.key.removeprefix("input/")


def make_sources(folder: Path, sizes: Sequence[int] = SIZES) -> list[Path]:
    """One file of each size, each with its own share of rows to be rejected."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [folder / f"{rows}-rows.csv" for rows in sizes]
    for seed, (rows, source) in enumerate(zip(sizes, sources, strict=True), start=1):
        options = ["--rows", str(rows), "--seed", str(seed), "--bad", "0.04", "--out", str(source)]
        run_command([sys.executable, "assets/generate_testfile.py", *options], {}, quiet=True)
    return sources


class Load:
    """Runs in the background; ``uploads`` grows as the lines of its output come."""

    def __init__(self, shell: Shell, mrap_arn: str, files: int, sources: Sequence[Path]) -> None:
        self.files = files
        self.uploads: list[Upload] = []
        options = [part for source in sources for part in ("-f", str(source.relative_to(ROOT)))]
        command = ["assets/load-test.sh", "-a", mrap_arn, "-r", str(files), *PAUSE, *options]
        print(f"\n$ {' '.join(command)} &", flush=True)
        self._process = subprocess.Popen(  # noqa: S603 - the command of the README
            command,
            cwd=ROOT,
            env=shell.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._messages: list[str] = []
        self._reader = threading.Thread(target=self._read, name="load", daemon=True)
        self._reader.start()

    def join(self) -> None:
        """Wait for the end; raises ``CommandFailed`` unless every file was uploaded."""
        self._reader.join()
        if self._process.wait():
            raise CommandFailed(f"assets/load-test.sh failed:\n{''.join(self._messages)}")

    def end(self) -> None:
        """Upload no more; without effect on a load that has ended."""
        self._process.terminate()

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - PIPE was asked for
        for line in self._process.stdout:
            if match := _UPLOADED.fullmatch(line):
                self.uploads.append(Upload(match["key"], ROOT / match["source"]))
            else:
                self._messages.append(line)
