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


def send_secret_of_runtime_api() -> None:
    """Let the runtime client put the path of AWS_LAMBDA_RUNTIME_API before the paths of its calls.

    Its part in C reads the variable at the import, with the path. The one in Python takes a host
    and a port only, and so does the function, which finds what it would find on Lambda.
    """
    from awslambdaric.lambda_runtime_client import (  # type: ignore[import-untyped]  # has no types
        BaseLambdaRuntimeClient,
    )

    call = BaseLambdaRuntimeClient.call_rapid
    address, _, secret = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")

    def call_rapid(self: object, method: str, endpoint: str, *arguments: object) -> None:
        call(self, method, f"/{secret}{endpoint}", *arguments)

    BaseLambdaRuntimeClient.call_rapid = call_rapid
    os.environ["AWS_LAMBDA_RUNTIME_API"] = address


def wait_on_the_main_thread() -> None:
    """Let the runtime client wait for events without a new thread for each.

    On Lambda the main thread stays free to handle SIGTERM, which nobody sends here.
    """
    from awslambdaric.lambda_runtime_client import (
        BaseLambdaRuntimeClient,
    )

    init = BaseLambdaRuntimeClient.__init__

    def init_without_thread(self: object, address: str, _use_thread: bool) -> None:
        init(self, address)

    BaseLambdaRuntimeClient.__init__ = init_without_thread


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

    send_secret_of_runtime_api()
    wait_on_the_main_thread()

    from awslambdaric.__main__ import main as run  # type: ignore[import-untyped]  # has no types

    run(sys.argv)


if __name__ == "__main__":
    main()
