"""Reads what the pages say: commands, files, links, sections."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked(*patterns: str) -> list[Path]:
    """Files of the tree, those not yet committed too; without patterns all of them."""
    listing = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listing.splitlines() if (ROOT / name).exists()]


PAGES = tracked("*.md")
MAKEFILES = {"": ROOT / "Makefile", "deployment": ROOT / "deployment/Makefile"}
# Keys in a bucket, names in examples, what commands make: none of them is a file of the tree.
NOT_FILES = re.compile(
    r"/?(input|work|output|chunks|\.build|\.local|\.venv|\.aws-sam|node_modules)(/|$)"
    r"|my\.csv|out\.json|load-[\w-]+\.csv|uv\.lock|localcloud\.log|ledger\.jsonl"
)
FILE_NAME = re.compile(r"[\w.-]*\w\.(py|sh|md|ya?ml|json|toml|lock|svg|csv|txt)|[\w./-]+/")


def identify(path: object) -> str | None:
    """Name a test's parameter by its place in the tree."""
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else None


def targets(makefile: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", makefile.read_text(), re.MULTILINE))


def variables(makefile: Path) -> set[str]:
    return set(re.findall(r"^(?:export )?([A-Z_]+) +\?=", makefile.read_text(), re.MULTILINE))


@cache
def code(page: Path) -> tuple[str, ...]:
    """Each line of the page's code blocks, and each code span of its text."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", prose)]
    return (*(line for block in blocks for line in block.splitlines()), *spans)


def make_commands(page: Path) -> list[list[str]]:
    """The words after ``make``, of each such command; a comment and what follows it left out."""
    commands = []
    for line in code(page):
        for match in re.finditer(r"(?:^|[(;&|$] ?|^\$ )make ([^#;&|)…\"]*)", line.strip()):
            words = re.split(r"\s{2,}", match[1].strip())[0].split()
            commands.append(words)
    return commands


def localcloud_commands(page: Path) -> list[list[str]]:
    """The subcommands of each ``localcloud`` command: its leading words in small letters."""
    commands = []
    for line in code(page):
        if match := re.match(
            r"(?:\$ )?(?:\.venv/bin/)?localcloud ((?:[a-z]+(?: |$))+)", line.strip()
        ):
            commands.append(match[1].split())
    return commands


def section(page: Path, heading: str) -> str:
    """The text under a heading, up to the next one of the same level."""
    text = page.read_text(encoding="utf-8")
    return re.split(r"^## ", text.split(f"\n## {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def file_names(page: Path) -> set[str]:
    """The words in the page's code that look like files or folders of the tree."""
    words = {word for line in code(page) for word in re.split(r"[\s\"'`(),;=]+", line)}
    return {
        word
        for word in words
        if (FILE_NAME.fullmatch(word.rsplit("/", 1)[-1]) or FILE_NAME.fullmatch(word))
        and not NOT_FILES.match(word)
        and not re.search(r"[<>*…$:{}]", word)
    }


def links(page: Path) -> list[str]:
    """The links of the page to other pages or to its own headings."""
    every = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [link for link in every if not re.match(r"[a-z]+:", link)]


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def subcommands() -> dict[str, list[str]]:
    """What can follow ``localcloud``, and what can follow that, by its own help."""
    return {name: _choices(name) for name in _choices()}


def _choices(*command: str) -> list[str]:
    usage = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", "localcloud", *command, "--help"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = re.search(r"\{([a-z,-]+)\}", usage)
    return names[1].split(",") if names else []
