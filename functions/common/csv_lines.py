"""Cuts blocks of bytes into lines, whatever ends them."""

from collections.abc import Iterable, Iterator

# A row that takes more bytes of the file than this is rejected.
ROW_BYTES = 64 * 1024
# What is kept of a longer one, before its last character, which may be incomplete, is cut off.
_KEPT_BYTES = ROW_BYTES + 4


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines with their ends: CRLF, LF or CR, also mixed.

    At most a block and a line are in memory. Of a line that is longer than ROW_BYTES the first
    bytes are yielded, a few more than ROW_BYTES, so that the caller can tell.
    In UTF-8 no character contains CR or LF, so it is safe to cut before decoding.
    """
    unfinished = b""
    is_cut = False  # the line was yielded, and the rest of it is passed over
    for block in blocks:
        pieces = (unfinished + block).splitlines(keepends=True)
        # The last one may continue in the next block, and so may a CR whose LF comes there.
        unfinished = b"" if not pieces or pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            if not is_cut:
                yield piece if len(piece) <= _KEPT_BYTES else _cut(piece)
            is_cut = False
        if len(unfinished) > _KEPT_BYTES and not unfinished.endswith(b"\r"):
            if not is_cut:
                yield _cut(unfinished)
            unfinished, is_cut = b"", True
    if unfinished and not is_cut:
        yield unfinished if len(unfinished) <= _KEPT_BYTES else _cut(unfinished)


def _cut(line: bytes) -> bytes:
    """Return the first bytes, up to the end of a character, and an LF."""
    end = _KEPT_BYTES
    while 0x80 <= line[end - 1] < 0xC0:
        end -= 1
    return line[: end - 1] + b"\n" if line[end - 1] >= 0x80 else line[:end] + b"\n"
