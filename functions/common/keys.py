"""The id of a run, and the keys of all that belongs to it (docs/architecture.md)."""

import hashlib
import re

INPUT_PREFIX = "input/"
SLUG_LENGTH = 40
# S3 keys have at most 1,024 bytes, of which attempt id, `output/` and `.rejects.csv` take up to 85.
FILE_NAME_BYTES = 900


def run_id(key: str, version_id: str) -> str:
    """Return the id of the run of an input version: always the same, ≤ 80 letters."""
    digest = hashlib.sha256(f"{key}\0{version_id}".encode()).hexdigest()[:24]
    return f"{_slug(key)}-{digest}"


def _slug(key: str) -> str:
    stem = key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    readable = re.sub(r"[^a-z0-9]+", "-", stem.lower())[:SLUG_LENGTH].strip("-")
    return readable or "file"


def file_name(key: str) -> str:
    """Return the name of an input in the keys of its outputs: its key without `input/`, cut to fit.

    Clients take `.` and `..` out of the path of a link (RFC 3986, 6.2.2.3), and some take empty
    segments out, so that the link would lead to another key. So `..` becomes `_`, and the others
    are left out.
    """
    name = key.removeprefix(INPUT_PREFIX).encode()[-FILE_NAME_BYTES:].decode(errors="ignore")
    segments = ["_" if segment == ".." else segment for segment in name.split("/")]
    return "/".join(segment for segment in segments if segment not in ("", ".")) or "_"


def pack(attempt_id: str, number: int) -> str:
    """Return the key of an object of many chunks, which the splitter writes."""
    return f"work/{attempt_id}/chunks/{number:06d}.csv"


def manifest(attempt_id: str) -> str:
    """Return the key of the manifest, which the splitter writes after the chunks."""
    return f"work/{attempt_id}/manifest.jsonl"


def enriched(attempt_id: str, index: int) -> str:
    """Return the key of an enriched chunk, which the writer writes."""
    return f"work/{attempt_id}/enriched/{index:06d}.csv"


def rejects_of_chunk(attempt_id: str, index: int) -> str:
    """Return the partition key of a chunk's rejected rows in the errors table.

    The Chunk Processor writes them. A partition takes 1,000 writes a second, so a file has many.
    """
    return f"{attempt_id}/{index}"


def checkpoint(attempt_id: str, number: int) -> str:
    """Return the key of a checkpoint, at which the merger goes on in its next call."""
    return f"work/{attempt_id}/merge/{number:06d}"


def output(attempt_id: str, key: str) -> str:
    """Return the key of the output for the input `key`, which the merger writes."""
    return f"output/{attempt_id}/{file_name(key)}"


def rejects(attempt_id: str, key: str) -> str:
    """Return the key of the rejected rows, which the merger writes if there are any."""
    return f"{output(attempt_id, key)}.rejects.csv"
