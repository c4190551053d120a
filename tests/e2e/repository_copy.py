"""A copy of the repository that a test may edit, with the layer that is built already."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.harness.shell import ROOT, CommandFailed, run_command

_FOLDERS = ("deployment", "functions", "runbooks", "statemachines", "templates")


@dataclass(frozen=True)
class RepositoryCopy:
    root: Path
    environment: dict[str, str]

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first ``old`` in a file; it must be there."""
        file = self.root / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new, 1))

    def restore(self, path: str) -> None:
        """Make a file again as it is in the repository."""
        shutil.copy2(ROOT / path, self.root / path)

    def make(self, *arguments: str) -> str:
        """Run ``make …`` in ``deployment/``; returns what it printed."""
        command = ["make", *arguments]
        return run_command(command, self.environment, self.root / "deployment", quiet=True)

    def make_fails(self, *arguments: str) -> str:
        """Run ``make …``, which has to fail; returns its standard error in one line."""
        with pytest.raises(CommandFailed) as caught:
            self.make(*arguments)
        return " ".join(str(caught.value).split())


def copy_repository(root: Path, environment: dict[str, str]) -> RepositoryCopy:
    ignore = shutil.ignore_patterns("__pycache__")
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=ignore)
    for file in [*ROOT.glob("*.yaml"), ROOT / "requirements.lock"]:
        shutil.copy2(file, root)
    (root / ".build").mkdir()
    shutil.copytree(ROOT / ".build" / "layer", root / ".build" / "layer")
    for stamp in (ROOT / ".build").glob("layer.*.stamp"):
        shutil.copy2(stamp, root / ".build")
    (root / ".venv").symlink_to(ROOT / ".venv")
    return RepositoryCopy(root, environment)
