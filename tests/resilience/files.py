"""The files of a plan: what they are called, and how they come into the system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.resilience.actors import User
from tests.resilience.checker import Upload
from tests.resilience.contents import contents
from tests.resilience.plan import File, Plan, Role
from tools.harness.expected import calculate
from tools.harness.shell import ROOT


class Files:
    """``tag`` is in every key, so that no other seed's files are taken for these."""

    def __init__(self, plan: Plan, tag: str, folder: Path, user: User) -> None:
        self._seed = plan.seed
        self._tag = tag
        self._folder = folder
        self._user = user
        self._files = {file.number: file for act in plan.acts for file in act.files}
        self._keys = {number: self._key(number) for number in self._files}
        self.uploads: list[Upload] = []

    def numbers_of(self, key: str) -> set[int]:
        """Several, if files share a name."""
        return {number for number, known in self._keys.items() if known == key}

    def of_key(self, key: str) -> File | None:
        """The first that has the key; None for a file of another plan."""
        return self._files.get(min(self.numbers_of(key), default=0))

    def upload(self, file: File, regions: Mapping[Role, str]) -> None:
        """To the Region where it lands or, if that is out, to the other one."""
        data = contents(self._seed, file)
        key = self._keys[file.number]
        path = self._folder / f"{self._tag}-{file.number}.csv"
        path.write_bytes(data)
        expected = calculate(path, ROOT / "assets" / "financial-data.csv")
        path.unlink()
        region = regions[file.lands]
        other = next(each for each in regions.values() if each != region)
        version = self._user.upload(key, data, region, other)
        self.uploads.append(Upload(file.number, key, version, expected))

    def _key(self, number: int) -> str:
        while (earlier := self._files[number].of_name) is not None:
            number = earlier
        return f"input/{self._tag}-file-{number}.csv"
