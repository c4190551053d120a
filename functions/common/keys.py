"""Identity of a run, and the keys of everything it stores (docs/architecture.md)."""

import hashlib
import re

INPUT_PREFIX = "input/"
SLUG_LENGTH = 40
# S3 keys are at most 1,024 bytes of UTF-8: the run id, `output/` and `.rejects.csv` take up to 85.
NAME_BYTES = 900


def run_id(key: str, version_id: str) -> str:
    """The same for the same input version, always; a valid execution name (≤ 80 characters)."""
    digest = hashlib.sha256(f"{key}\0{version_id}".encode()).hexdigest()[:24]
    return f"{_slug(key)}-{digest}"


def _slug(key: str) -> str:
    stem = key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    readable = re.sub(r"[^a-z0-9]+", "-", stem.lower())[:SLUG_LENGTH].strip("-")
    return readable or "file"


def name(key: str) -> str:
    """The user's name of the file: its key without `input/`, cut to what an output key can take."""
    return key.removeprefix(INPUT_PREFIX).encode()[-NAME_BYTES:].decode(errors="ignore")


def chunk(run: str, index: int) -> str:
    """Written by the splitter."""
    return f"work/{run}/chunks/{index:06d}.csv"


def manifest(run: str) -> str:
    """Written by the splitter, after its chunks."""
    return f"work/{run}/manifest.jsonl"


def enriched(run: str, index: int) -> str:
    """Written by the writer."""
    return f"work/{run}/enriched/{index:06d}.csv"


def output(run: str, key: str) -> str:
    """Written by the merger, for the input `key`."""
    return f"output/{run}/{name(key)}"


def rejects(run: str, key: str) -> str:
    """Written by the merger, if any row was rejected."""
    return f"{output(run, key)}.rejects.csv"
