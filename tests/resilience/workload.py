"""The workload of a plan: its files, and how they come into the system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

from tests.e2e.files import known_uuids, row, text
from tests.resilience.actors import User
from tests.resilience.checker import Upload
from tests.resilience.plan import File, Plan, Role
from tools.harness.expected import calculate
from tools.harness.shell import FINANCIAL_DATA


def contents(seed: int, file: File) -> bytes:
    """A CSV with the file's rows, of which its rejects break a rule, are malformed or unknown."""
    rng = Random(f"{seed}-{file.number}")  # noqa: S311 - the point is that it can be repeated
    rows = [row(uuid, f"Land {rng.randrange(10**6)}") for uuid in known_uuids(file.rows)]
    for index in rng.sample(range(file.rows), file.rejects):
        rows[index] = rng.choice([row("12"), row("000000000"), rows[index][:5]])
    return text(rows).encode()


class Workload:
    """``tag`` is in every key, so that no other seed's files are taken for these."""

    def __init__(self, plan: Plan, tag: str, folder: Path, user: User) -> None:
        self._seed = plan.seed
        self._tag = tag
        self._folder = folder
        self._user = user
        self._files = {file.number: file for file in plan.files}
        self._keys = {number: self._key(number) for number in self._files}
        self.uploads: list[Upload] = []

    def numbers_of(self, key: str) -> set[int]:
        """The numbers of the files with this key: several, if files share a name."""
        return {number for number, other in self._keys.items() if other == key}

    def file_of(self, key: str) -> File | None:
        """The first file with this key; None for a file of another plan."""
        return self._files.get(min(self.numbers_of(key), default=0))

    def upload(self, file: File, regions: Mapping[Role, str]) -> None:
        """Upload to the file's Region or, if that is out, to the other one."""
        data = contents(self._seed, file)
        key = self._keys[file.number]
        path = self._folder / f"{self._tag}-{file.number}.csv"
        path.write_bytes(data)
        expected = calculate(path, FINANCIAL_DATA)
        path.unlink()
        region = regions[file.region]
        other = next(name for name in regions.values() if name != region)
        version = self._user.upload(key, data, region, other)
        self.uploads.append(Upload(file.number, key, version, expected))

    def _key(self, number: int) -> str:
        while (earlier := self._files[number].same_name_as) is not None:
            number = earlier
        return f"input/{self._tag}-file-{number}.csv"
