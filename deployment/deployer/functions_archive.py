"""Copies the functions to .build/functions, all of which goes into their archive.

Files of tests and editors are left out. A handler that does not compile, or that a template names
and that does not exist, is reported here, before it fails in AWS. SAM names the archive by its
contents, so that an unchanged archive is not uploaded again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import DeployError
from .plan import BUILD, ROOT

SOURCE = ROOT / "functions"
TARGET = BUILD / "functions"
TEMPLATES = ROOT / "templates"
_HANDLER = re.compile(r"^\s+Handler: (\S+)\.handler$", re.MULTILINE)
_IGNORED = shutil.ignore_patterns("__pycache__", "requirements.txt", ".*")


def copy_functions(source: Path = SOURCE, target: Path = TARGET) -> None:
    """Replace the target by a copy of the source. Raises DeployError with everything wrong."""
    problems = [*_missing_handlers(source), *_syntax_errors(source)]
    if problems:
        texts = [f"FAILED: the functions cannot be packaged. {problem}" for problem in problems]
        advice = "Nothing was deployed. Correct this and run make deploy again."
        raise DeployError("\n\n".join([*texts, advice]))
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=_IGNORED)


def _missing_handlers(source: Path) -> Iterator[str]:
    for template in sorted(TEMPLATES.glob("*.yaml")):
        for handler in _HANDLER.findall(template.read_text()):
            file = source / f"{handler.replace('.', '/')}.py"
            if not file.is_file():
                yield f"{template.name} names the handler {handler}.handler: there is no {file}."


def _syntax_errors(source: Path) -> Iterator[str]:
    for file in sorted(source.rglob("*.py")):
        try:
            compile(file.read_bytes(), file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            yield f"{file}, line {getattr(error, 'lineno', '?')}: {error}."
