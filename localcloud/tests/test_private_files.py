"""No other user of the machine reads what the local cloud keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.daemon import start
from localcloud.private_files import check_contents, make_private_folder, write_private
from localcloud.settings import Settings
from localcloud.testing import local_cloud


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    old = os.umask(0)
    yield
    os.umask(old)


def test_the_state_and_the_files_with_secrets_are_the_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with local_cloud(folder):
        secrets = {name: mode(folder / name) for name in ("ready.json", "control.json")}
        assert (mode(folder), secrets) == (0o700, {"ready.json": 0o600, "control.json": 0o600})
        assert b"PRIVATE" not in b"".join(file.read_bytes() for file in folder.glob("*.pem"))


def test_the_folder_of_an_earlier_cloud_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    (folder / "ledger.jsonl").touch()
    make_private_folder(folder)
    assert mode(folder) == 0o700


def test_a_folder_of_other_files_that_others_read_is_refused_and_left(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    (folder / "letter.txt").touch()
    with pytest.raises(SystemExit, match="holds other files"):
        make_private_folder(folder)
    assert mode(folder) == 0o755


def test_a_cloud_is_not_started_in_a_folder_that_stopping_it_would_remove(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.touch()
    tmp_path.chmod(0o700)
    with pytest.raises(SystemExit, match=r"holds other files, such as letter\.txt"):
        start(Settings(tmp_path))
    assert list(tmp_path.iterdir()) == [letter]


def test_the_folder_of_a_cloud_that_did_not_start_is_used_again(tmp_path: Path) -> None:
    (tmp_path / "localcloud.log").touch()
    check_contents(tmp_path)
    check_contents(tmp_path / "absent")


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(SystemExit, match="belongs to another user"):
        make_private_folder(tmp_path)


def test_a_private_file_keeps_nothing_of_the_one_before_it(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    file.write_text("for all")
    file.chmod(0o666)
    write_private(file, b"secret")
    assert (mode(file), file.read_bytes()) == (0o600, b"secret")
