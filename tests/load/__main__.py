"""``make load``: in virtual time, so that this machine's speed changes nothing.

python -m tests.load --files 100 --large 10000 --account new
"""

from __future__ import annotations

import os
import sys

import localcloud.virtual_time as virtual_time

if os.environ.get("PYTHONHASHSEED") != "0":  # sets must iterate in the same order each time
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-m", "tests.load", *sys.argv[1:]])  # noqa: S606 - this very program
virtual_time.install()

from tests.load.load import main  # noqa: E402 - what it imports must find virtual time

code = main()
sys.stdout.flush()
os._exit(code)  # threads that wait for one another for ever would not let the process end
