"""What every mail says of the file that it is about."""

from common.keys import INPUT_PREFIX
from common.runs import Item
from common.visible_text import visible
from emailer import figures

NAME_LENGTH = 120


def display_name(key: str) -> str:
    """Return the user's name of the file on one printable line, short enough for a subject."""
    name = visible(key.removeprefix(INPUT_PREFIX))
    return name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…"


def time_received(item: Item) -> list[tuple[str, str]]:
    """Return the row of a table; none if the attempt's item does not have the time."""
    return [("Received", figures.time(item["started_at"]))] if "started_at" in item else []


def file_size(item: Item, size: int | None = None) -> list[tuple[str, str]]:
    """Return the row of a table; none if neither `size` nor the attempt's item has it."""
    number = item.get("size") if size is None else size
    return [] if number is None else [("Size of the file", figures.size(int(number)))]


def run_line(run_id: str) -> str:
    """Return the last line of a mail: people copy the id from it, and programs find it there."""
    return f"Run: {visible(run_id)}"
