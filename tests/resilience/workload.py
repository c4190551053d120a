"""The workload of a plan: its files, and how they come into the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.e2e.files import known_uuids, row, text
from tests.resilience.actors import User
from tests.resilience.checker import Upload
from tests.resilience.environment import Environment
from tests.resilience.input_versions import InputVersions
from tests.resilience.plan import File, InputDeletion, Plan, Role
from tools.harness.expected import Expected, calculate
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

    def __init__(
        self, plan: Plan, tag: str, folder: Path, user: User, environment: Environment
    ) -> None:
        self._seed = plan.seed
        self._tag = tag
        self._folder = folder
        self._user = user
        self._environment = environment
        self._files = {file.number: file for file in plan.files}
        self._keys = {number: self._key(number) for number in self._files}
        self._uploads: list[Upload] = []
        self._deleted_keys: set[str] = set()

    @property
    def uploads(self) -> tuple[Upload, ...]:
        return tuple(
            replace(upload, is_deleted=upload.key in self._deleted_keys) for upload in self._uploads
        )

    def numbers_of(self, key: str) -> set[int]:
        """The numbers of the files with this key: several, if files share a name."""
        return {number for number, other in self._keys.items() if other == key}

    def file_of(self, key: str) -> File | None:
        """The first file with this key; None for a file of another plan."""
        return self._files.get(min(self.numbers_of(key), default=0))

    def upload(self, file: File, regions: Mapping[Role, str]) -> None:
        """Upload to the file's Region or, if that is out, to the other one."""
        key, region = self._keys[file.number], regions[file.region]
        versions = InputVersions(self._environment, region)
        data, metadata, version_id = contents(self._seed, file), {}, None
        if file.forges:
            metadata = versions.forged_marks(key, number=1 + file.number % 3)
        if file.restores and (old := versions.restorable(key)):
            data, metadata = old[0], dict(old[1])
            version_id = versions.restore(key, old[2])
        if version_id is None:
            other = next(name for name in regions.values() if name != region)
            version_id = self._user.upload(key, data, region, other, metadata)
        self._uploads.append(Upload(file.number, key, version_id, self._expected(file, data)))

    def delete(self, region: str, key: str, fault: InputDeletion) -> None:
        """Delete the file in the Region's bucket."""
        self._deleted_keys.add(key)
        InputVersions(self._environment, region).delete(key, is_for_good=fault.is_for_good)

    def _expected(self, file: File, data: bytes) -> Expected:
        path = self._folder / f"{self._tag}-{file.number}.csv"
        path.write_bytes(data)
        try:
            return calculate(path, FINANCIAL_DATA)
        finally:
            path.unlink()

    def _key(self, number: int) -> str:
        while (earlier := self._files[number].namesake) is not None:
            number = earlier
        return f"input/{self._tag}-file-{number}.csv"
