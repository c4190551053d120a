"""The local files that a template is deployed with, and one digest of them all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from .plan import ROOT

_COMMENT = re.compile(r"(^|\s)#.*")
_PATH = re.compile(r"[\w./-]*/[\w./-]*|[\w-][\w.-]*\.\w+")


def sources_digest(template: str, root: Path = ROOT) -> str:
    """Return the SHA-256 of the template, and of the code, documents and templates it names."""
    digest = hashlib.sha256()
    for file in sorted(set(_files(root, root / template))):
        contents = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root)} {contents}\n".encode())
    return digest.hexdigest()


def _files(root: Path, template: Path) -> Iterator[Path]:
    """Yield the template, and every file and folder of the repository that its text names.

    Whatever the property is called, sam takes a path that is relative to the template.
    """
    yield template
    for text in set(_PATH.findall(_COMMENT.sub("", template.read_text()))):
        path = (template.parent / text).resolve()
        if not path.is_relative_to(root) or path == root:
            continue
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file())
        elif path.suffix == ".yaml" and path.is_file():
            yield from _files(root, path)
        elif path.is_file():
            yield path
