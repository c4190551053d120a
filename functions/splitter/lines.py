"""Bytes to lines, whatever ends them."""

from collections.abc import Iterable, Iterator

# A record that is longer than this, in bytes of the file, is refused.
RECORD_BYTES = 64 * 1024


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines with their ends: CRLF, LF or CR, also mixed. Holds a block and a line at most.

    A line that outgrows RECORD_BYTES is handed on unfinished, for the caller to refuse.
    UTF-8 has no CR or LF inside a character, so cutting before decoding is safe.
    """
    rest = b""
    for block in blocks:
        pieces = (rest + block).splitlines(keepends=True)
        # The last one may go on in the next block, and so may a CR whose LF comes there.
        rest = b"" if not pieces or pieces[-1].endswith(b"\n") else pieces.pop()
        yield from pieces
        if len(rest) > RECORD_BYTES:
            yield rest
            rest = b""
    if rest:
        yield rest
