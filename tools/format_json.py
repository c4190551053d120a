"""Format JSON for eyes: what fits into 118 columns stands on one line.

npm's json-stringify-pretty-compact does the same, but JavaScript rewrites 1.0 as 1 and moves keys
such as "200" to the top.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WIDTH = 118
NOT_OURS = {"package.json", "package-lock.json"}  # npm writes them


class Number(str):
    """A number as the file spells it: 1.0 stays 1.0, 1e3 stays 1e3."""

    __slots__ = ()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.format_json", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a file would change"
    )
    parser.add_argument("files", nargs="*", type=Path, help="by default every tracked *.json file")
    options = parser.parse_args(arguments)
    changed = [
        path for path in options.files or tracked_files() if format_file(path, options.check)
    ]
    for path in changed:
        print(f"{'Would format' if options.check else 'Formatted'} {path}")
    if options.check and changed:
        print("Run make format.", file=sys.stderr)
        return 1
    return 0


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "*.json"],  # noqa: S607 - git of the PATH
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [Path(name) for name in listing.split("\0") if name]
    return [path for path in paths if path.name not in NOT_OURS and path.exists()]


def format_file(path: Path, check: bool) -> bool:
    """Say whether the file's format differs, and write it unless ``check``."""
    text = path.read_text(encoding="utf-8")
    try:
        formatted = format_text(text)
    except ValueError as error:
        raise SystemExit(f"{path} is not valid JSON: {error}") from error
    if formatted == text:
        return False
    if not check:
        path.write_text(formatted, encoding="utf-8")
    return True


def format_text(text: str) -> str:
    value = json.loads(
        text,
        parse_float=Number,
        parse_int=Number,
        parse_constant=_refuse,
        object_pairs_hook=_unique_keys,
    )
    return "".join(_pieces(value, indent=0, room=WIDTH)) + "\n"


def _pieces(value: Any, indent: int, room: int) -> Iterator[str]:
    """Yield the text of a value whose first line has ``room`` columns left."""
    line = _one_line(value)
    if not isinstance(value, (dict, list)) or not value or len(line) <= room:
        yield line
        return
    inner = "\n" + " " * (indent + 2)
    outer = "\n" + " " * indent
    if isinstance(value, dict):
        members = [(f"{_string(key)}: ", item) for key, item in value.items()]
        yield from ("{", *_members(members, indent + 2), outer, "}")
    elif any(isinstance(item, (dict, list)) for item in value):
        yield from ("[", *_members([("", item) for item in value], indent + 2), outer, "]")
    else:
        yield from (
            "[",
            *(inner + filled for filled in _fill(value, WIDTH - indent - 2)),
            outer,
            "]",
        )


def _members(members: list[tuple[str, Any]], indent: int) -> Iterator[str]:
    """Yield each member of an object or array on a line, or on lines, of its own."""
    for number, (label, item) in enumerate(members, start=1):
        comma = "," if number < len(members) else ""
        yield "\n" + " " * indent + label
        yield from _pieces(item, indent, WIDTH - indent - len(label) - len(comma))
        yield comma


def _fill(items: list[Any], room: int) -> list[str]:
    """Put as many strings and numbers on a line as fit."""
    words = [_one_line(item) + "," for item in items]
    words[-1] = words[-1].removesuffix(",")
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _one_line(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_string(key)}: {_one_line(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_one_line(item) for item in value) + "]"
    return _string(value)


def _string(value: str | bool | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"a key stands twice among {', '.join(key for key, _ in pairs)}")
    return members


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
