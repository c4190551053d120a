"""``make soak``: runs the plans of many seeds in virtual time, or of one to replay it.

python -m tests.resilience --seeds 200 --first 1      # SEEDS=200 FIRST=1
python -m tests.resilience --seed 17                  # SEED=17
"""

from __future__ import annotations

import os
import sys

import localcloud.virtual_time as virtual_time

if os.environ.get("PYTHONHASHSEED") != "0":  # sets must iterate in the same order each time
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-m", "tests.resilience", *sys.argv[1:]])  # noqa: S606 - this very program
virtual_time.install()

from tests.resilience.soak import main  # noqa: E402 - what it imports must find virtual time

code = main()
sys.stdout.flush()
os._exit(code)  # threads that wait for one another for ever would not let the process end
