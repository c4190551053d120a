"""Runs a program in virtual time, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

BEGIN = """
from localcloud import virtual_time
virtual_time.install()
import datetime, queue, random, threading, time, uuid
from concurrent.futures import ThreadPoolExecutor
from localcloud.virtual_time.primitives import scheduler
from localcloud.virtual_time.scheduler import DeadlinePassed, TaskScope
virtual_time.leave_real_time()
virtual_time.seed(1)
begun = time.monotonic()
def seconds():
    return round(time.monotonic() - begun)
"""
END = """
virtual_time.return_to_real_time()
"""


def run(program: str) -> list[str]:
    """The lines that the program prints in virtual time."""
    result = subprocess.run(  # noqa: S603 - the programs below
        [sys.executable, "-c", BEGIN + program + END], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()
