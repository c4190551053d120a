"""Files and folders that no other user of the machine can read."""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Make the folder, or close the one that is there to others. Raises SystemExit.

    One that others can read and that has other files, such as /tmp, is left as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid():
        raise SystemExit(f"The state folder {folder} belongs to another user.")
    if not status.st_mode & _OTHERS:
        return
    check_contents(folder)
    folder.chmod(0o700)


def check_contents(folder: Path) -> None:
    """Raise SystemExit if the folder has other files than a local cloud's.

    Others might need them, and `localcloud stop` removes the folder.
    """
    own = ("localcloud.log", "ledger.jsonl")  # the first and the second that a cloud makes
    files = [file.name for file in folder.iterdir()] if folder.exists() else []
    if files and not set(files) & set(own):
        raise SystemExit(
            f"{folder} holds other files, such as {min(files)}. Set LOCALCLOUD_STATE to a folder "
            "of its own."
        )


def write_private(file: Path, content: bytes) -> None:
    """Write a new file, or another one in the place of what has this name."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor has no path
        stream.write(content)
