"""The permissions that roles needed, from which those can be read that they never need."""

import json
import os
import threading
from pathlib import Path
from typing import TextIO

from localcloud.gateway.principals import Principal


class UsedPermissions:
    """Writes each decision about a role once, as a JSON line, to a file of this process.

    A line has ``role`` (its ARN), ``action``, ``resource`` (an ARN, or ``*``) and ``allowed``. It
    is in the file at once, and the file is appended to, since clouds follow one another in a
    process of tests.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._file: TextIO | None = None
        self._noted: set[tuple[str, str, str, bool]] = set()
        self._lock = threading.Lock()

    def note(self, principal: Principal, action: str, resource: str, allowed: bool) -> None:
        """Write that IAM decided so about a role; principals that are no roles are left out."""
        if self._folder is None or principal.role_arn is None:
            return
        entry = (principal.role_arn, action, resource, allowed)
        with self._lock:
            if entry in self._noted:
                return
            self._noted.add(entry)
            line = dict(zip(("role", "action", "resource", "allowed"), entry, strict=True))
            self._open(self._folder).write(json.dumps(line) + "\n")

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def _open(self, folder: Path) -> TextIO:
        if self._file is None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / f"{os.getpid()}.jsonl").open("a", buffering=1)
        return self._file
