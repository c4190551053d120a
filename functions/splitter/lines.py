"""Cuts blocks of bytes into lines, whatever ends them."""

from collections.abc import Iterable, Iterator

# A record that takes more bytes of the file than this is refused.
RECORD_BYTES = 64 * 1024


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines with their ends: CRLF, LF or CR, also mixed.

    At most a block and a line are in memory.
    A line that outgrows RECORD_BYTES is yielded unfinished, so that the caller can refuse it.
    In UTF-8 no character contains CR or LF, so it is safe to cut before decoding.
    """
    unfinished = b""
    for block in blocks:
        pieces = (unfinished + block).splitlines(keepends=True)
        # The last one may continue in the next block, and so may a CR whose LF comes there.
        unfinished = b"" if not pieces or pieces[-1].endswith(b"\n") else pieces.pop()
        yield from pieces
        if len(unfinished) > RECORD_BYTES:
            yield unfinished
            unfinished = b""
    if unfinished:
        yield unfinished
