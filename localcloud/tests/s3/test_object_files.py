"""The bytes of objects are in files of the state folder as long as the objects are there."""

from __future__ import annotations

import gc
import hashlib
from pathlib import Path

import pytest

from localcloud.s3.object_files import ObjectFile
from tests.s3.conftest import EAST, World

SMALL, LARGE = b"x" * 1024, bytes(range(256)) * 1024


def files(world: World) -> list[Path]:
    return sorted((world.cloud.settings.state_dir / "objects").glob("*"))


def test_the_bytes_of_an_object_are_a_file_until_it_is_deleted(world: World) -> None:
    s3 = world.client(EAST)
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="k", Body=LARGE)
    assert [file.read_bytes() for file in files(world)] == [LARGE]
    answer = s3.get_object(Bucket="plain", Key="k")
    assert answer["Body"].read() == LARGE
    assert answer["ETag"] == f'"{hashlib.md5(LARGE, usedforsecurity=False).hexdigest()}"'
    part = s3.get_object(Bucket="plain", Key="k", Range="bytes=300-309")["Body"].read()
    assert part == LARGE[300:310]
    s3.delete_object(Bucket="plain", Key="k")
    gc.collect()
    assert files(world) == []


def test_a_small_object_needs_no_file(world: World) -> None:
    s3 = world.client(EAST)
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="k", Body=SMALL)
    assert s3.get_object(Bucket="plain", Key="k")["Body"].read() == SMALL
    assert files(world) == []


def test_an_overwritten_object_leaves_no_file(world: World) -> None:
    s3 = world.client(EAST)
    s3.create_bucket(Bucket="plain")
    for body in (LARGE, LARGE[::-1], SMALL):
        s3.put_object(Bucket="plain", Key="k", Body=body)
        assert s3.get_object(Bucket="plain", Key="k")["Body"].read() == body
    gc.collect()
    assert files(world) == []


@pytest.mark.parametrize("pieces", [[b"ab", b"cd"], [LARGE, b"end"], [SMALL, LARGE]])
def test_it_reads_what_was_written_in_pieces(tmp_path: Path, pieces: list[bytes]) -> None:
    file = ObjectFile(tmp_path / "folder")
    for piece in pieces:
        file.write(piece)
    content = b"".join(pieces)
    file.seek(0)
    assert (file.read(3), file.read()) == (content[:3], content[3:])
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()
