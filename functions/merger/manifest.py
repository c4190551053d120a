"""Reads the manifest of the splitter."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from common.stored_object import StoredObject


class Entry(NamedTuple):
    """The index of a chunk, and the byte of the manifest at which the next entry begins."""

    chunk: int
    next_entry: int


def entries(manifest: StoredObject, offset: int) -> Iterator[Entry]:
    """Yield the entries, each of which ends its line, from that which begins at `offset` on."""
    unfinished = b""
    for block in manifest.ranges(offset, manifest.size()):
        *lines, unfinished = (unfinished + block).split(b"\n")
        for line in lines:
            offset += len(line) + 1
            yield Entry(json.loads(line)["index"], offset)
