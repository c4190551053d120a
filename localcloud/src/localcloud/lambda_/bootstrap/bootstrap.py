"""Starts a function inside its sandbox: what /var/runtime/bootstrap.py does on Lambda.

Run as ``python -I -S bootstrap.py <settings>``: it sees neither the host's site-packages nor
PYTHON* variables. Standard library only, until the sandbox's own path is set.
"""

import json
import os
import sys


def die_with_parent() -> None:
    """PR_SET_PDEATHSIG: the kernel kills us when the thread that started us ends (Linux only)."""
    if sys.platform == "linux":
        import ctypes
        import signal

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def main() -> None:
    settings = json.loads(sys.argv[1])
    die_with_parent()
    if settings["dns"]:
        sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - pathlib would cost 10 ms of every cold start
        import _sandbox_dns  # type: ignore[import-not-found]  # found through sys.path

        _sandbox_dns.install(*settings["dns"])
        del sys.path[0]
    # Precedence on Lambda: task root, layers, the runtime's packages, the standard library.
    sys.path[:] = [*settings["path"], *sys.path]
    os.chdir(settings["path"][0])
    handler = settings["handler"]
    sys.argv = ["/var/runtime/bootstrap.py", handler]

    from awslambdaric.__main__ import main as run  # type: ignore[import-untyped]  # has no types

    run(sys.argv)


if __name__ == "__main__":
    main()
