"""Puts many chunks into one object each, since a request costs more than the bytes of a chunk."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from common import keys
from common.records import Chunk
from splitter.chunking import ChunkBuilder

# A pack is complete with the chunk that makes it this long: 10 GB of input make 2,400 packs.
PACK_BYTES = 4 * 1024 * 1024


class Pack(NamedTuple):
    """An object of chunks, one after another, and their entries of the manifest."""

    key: str
    body: bytes
    chunks: list[Chunk]


def packs(attempt_id: str, header: bytes, chunks: Iterable[ChunkBuilder]) -> Iterator[Pack]:
    """Yield the packs of all chunks, each of which begins with the header."""
    number, entries, pieces, size = 0, list[Chunk](), list[bytes](), 0
    for chunk in chunks:
        piece = b"".join([header, *chunk.lines])
        entries.append(_entry(chunk, keys.pack(attempt_id, number), size, len(piece)))
        pieces.append(piece)
        size += len(piece)
        if size >= PACK_BYTES:
            yield Pack(keys.pack(attempt_id, number), b"".join(pieces), entries)
            number, entries, pieces, size = number + 1, [], [], 0
    if pieces:
        yield Pack(keys.pack(attempt_id, number), b"".join(pieces), entries)


def _entry(chunk: ChunkBuilder, key: str, offset: int, size: int) -> Chunk:
    return {
        "index": chunk.index,
        "key": key,
        "offset": offset,
        "size": size,
        "first_row": chunk.first_row,
        "first_line": chunk.first_line,
        "rows": chunk.rows,
    }
