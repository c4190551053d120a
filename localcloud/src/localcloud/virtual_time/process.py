"""What a function takes for its own process: variables, standard output, its modules, a resolver.

The functions of all sandboxes run in this process; each thread knows whose work it does.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import boto3
from botocore.credentials import Credentials

from localcloud.gateway.models import MODELS
from localcloud.virtual_time.primitives import scheduler
from localcloud.virtual_time.scheduler import TaskScope


def scope() -> TaskScope | None:
    """That of the invocation that this thread works for."""
    task = scheduler.current()
    return task.scope if task else None


class Environ(MutableMapping[str, str]):
    """os.environ of whoever asks."""

    def __init__(self, real: MutableMapping[str, str]) -> None:
        self._real = real

    def _own(self) -> MutableMapping[str, str]:
        current = scope()
        return current.environ if current else self._real

    def __getitem__(self, name: str) -> str:
        return self._own()[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._own()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._own()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own())

    def __len__(self) -> int:
        return len(self._own())

    def copy(self) -> dict[str, str]:
        return dict(self._own())


class Stdout:
    """sys.stdout of whoever prints."""

    def __init__(self, real: TextIO) -> None:
        self._real = real

    def write(self, text: str) -> int:
        current = scope()
        return int((current.write if current else self._real.write)(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class EnvironCredentials(Credentials):
    """Those of the sandbox whose thread signs: a client serves all sandboxes of its function."""

    def __init__(self) -> None:
        super().__init__("", "")

    def __getattribute__(self, name: str) -> Any:
        variable = _VARIABLES.get(name)
        return os.environ.get(variable) if variable else super().__getattribute__(name)

    def get_frozen_credentials(self) -> Any:
        return self


_VARIABLES = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "token": "AWS_SESSION_TOKEN",
}


def load_handler(root: str, handler: str) -> Callable[..., Any]:
    """Import a handler from the folder ``root``, with modules of its own for what is in there.

    Libraries, which are the host's, are shared. The caller has entered the function's scope.
    """
    names = {path.stem for path in Path(root).iterdir()}
    hidden = _take_modules(names)
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    try:
        module, _, name = handler.rpartition(".")
        loaded = getattr(importlib.import_module(module.replace("/", ".")), name)
    finally:
        sys.path.remove(root)
        _take_modules(names)
        sys.modules.update(hidden)
    return loaded  # type: ignore[no-any-return]  # whatever has this name


def default_session() -> boto3.Session:
    """boto3's: that of the Region in which the function runs, or the process's own."""
    return _session(os.environ["AWS_REGION"] if scope() else None)


@cache
def _session(region: str | None) -> boto3.Session:
    if region is None:
        return boto3.Session()
    session = boto3.Session(region_name=region)
    session._session.register_component("data_loader", MODELS)
    session._session._credentials = EnvironCredentials()  # type: ignore[attr-defined]  # botocore has no setter for an object
    return session


def _take_modules(names: set[str]) -> dict[str, ModuleType]:
    own = [name for name in sys.modules if name.partition(".")[0] in names]
    return {name: sys.modules.pop(name) for name in own}
