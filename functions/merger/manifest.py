"""Reads the manifest of the splitter."""

import json
from collections.abc import Iterator

from common.stored_object import StoredObject


def chunk_indexes(manifest: StoredObject) -> Iterator[int]:
    """Yield the index of every chunk in the order of the manifest."""
    rest = b""
    for block in manifest.ranges(0, manifest.size()):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield json.loads(line)["index"]
    if rest:
        yield json.loads(rest)["index"]
