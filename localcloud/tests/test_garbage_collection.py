"""The garbage collector of the local cloud's process."""

import subprocess
import sys

_PROGRAM = """
import gc
from localcloud.garbage_collection import tune_garbage_collection
before = len(gc.get_objects())
tune_garbage_collection()
print(before > 1000, len(gc.get_objects()) < 100, gc.get_threshold()[0] >= 5_000)
"""


def test_what_the_start_has_made_is_not_looked_at_again() -> None:
    result = subprocess.run(  # noqa: S603 - this test's own lines
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["True"] * 3
