"""copy_functions.py <functions> <target>: what goes into the functions' archive.

Without what tests and editors leave behind. A handler that does not compile, or that a template
names and nobody wrote, is found here and not by the first file.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

TEMPLATES = Path(__file__).parents[1] / "templates"
_HANDLER = re.compile(r"^\s+Handler: (\S+)\.handler$", re.MULTILINE)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "requirements.txt", ".*")


def main(source: Path, target: Path) -> int:
    problems = [*_missing(source), *_broken(source)]
    for problem in problems:
        print(f"FAILED: the functions cannot be packaged. {problem}", file=sys.stderr)
    if problems:
        print("Nothing was deployed. Mend that and run make deploy again.", file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=_LEFT_OUT)
    return 0


def _missing(source: Path) -> Iterator[str]:
    for template in sorted(TEMPLATES.glob("*.yaml")):
        for handler in _HANDLER.findall(template.read_text()):
            file = source / f"{handler.replace('.', '/')}.py"
            if not file.is_file():
                yield f"{template.name} names the handler {handler}.handler: there is no {file}."


def _broken(source: Path) -> Iterator[str]:
    for file in sorted(source.rglob("*.py")):
        try:
            compile(file.read_bytes(), file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            yield f"{file}, line {getattr(error, 'lineno', '?')}: {error}."


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
