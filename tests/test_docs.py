"""The documentation is true: what it names exists, and what people use is in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from localcloud.testing import LocalCloud

from tests.resilience.plan import FENCE_WAIT
from validator.rule_types import Rule

ROOT = Path(__file__).resolve().parents[1]


def tracked(*patterns: str) -> list[Path]:
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


def identify(page: object) -> str | None:
    return str(page.relative_to(ROOT)) if isinstance(page, Path) else None


per_page = pytest.mark.parametrize("page", PAGES, ids=identify)


def targets(makefile: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", makefile.read_text(), re.MULTILINE))


def variables(makefile: Path) -> set[str]:
    return set(re.findall(r"^(?:export )?([A-Z_]+) +\?=", makefile.read_text(), re.MULTILINE))


@cache
def code(page: Path) -> tuple[str, ...]:
    """Each line of the page's code blocks, and each code span of its text."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
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


@pytest.mark.parametrize("folder", MAKEFILES, ids=str)
def test_every_target_of_make_is_documented(folder: str) -> None:
    documented = {word for page in PAGES for words in make_commands(page) for word in words}
    assert not targets(MAKEFILES[folder]) - documented


@per_page
def test_every_make_command_in_a_page_exists(page: Path) -> None:
    known = set.union(*(targets(path) | variables(path) for path in MAKEFILES.values()))
    arguments = {"FILE", "REGION", "FORCE", "UPGRADE"}
    for words in make_commands(page):
        if "-C" in words:
            folder = words[words.index("-C") + 1]
            assert folder == ".." or folder in MAKEFILES, words
            words = [word for word in words if word != folder]
        names = [word.partition("=")[0] for word in words if not word.startswith("-")]
        assert not set(names) - known - arguments, words


@per_page
def test_every_localcloud_command_in_a_page_exists(page: Path) -> None:
    for words in localcloud_commands(page):
        for depth in range(len(words), 0, -1):
            if words[:depth] in subcommands():
                break
        else:
            pytest.fail(f"there is no localcloud {' '.join(words)}")


@cache
def subcommands() -> list[list[str]]:
    top = _choices()
    return [*([name] for name in top), *([name, child] for name in top for child in _choices(name))]


def _choices(*command: str) -> list[str]:
    usage = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", "localcloud", *command, "--help"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = re.search(r"\{([a-z,-]+)\}", usage)
    return names[1].split(",") if names else []


@pytest.mark.parametrize("name", sorted(variables(MAKEFILES["deployment"]) - {"PYTHON"}))
def test_every_setting_of_a_deployment_is_documented(name: str) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page


@pytest.mark.parametrize(
    "name",
    sorted(
        set(
            re.findall(
                r"LOCALCLOUD_[A-Z_]+", (ROOT / "localcloud/src/localcloud/settings.py").read_text()
            )
        )
    ),
)
def test_every_setting_of_the_local_cloud_is_documented(name: str) -> None:
    if not name.endswith("_"):
        assert f"`{name}`" in (ROOT / "localcloud/README.md").read_text(encoding="utf-8")


@per_page
def test_every_link_and_its_anchor_resolve(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@per_page
def test_a_page_names_only_files_that_exist(page: Path) -> None:
    names = {path.name for path in tracked()}
    folders = [ROOT, page.parent, ROOT / "deployment", ROOT / "localcloud", ROOT / "functions"]
    folders += [ROOT / "localcloud/src/localcloud", ROOT / "tests", ROOT / "templates"]
    for line in code(page):
        for word in re.split(r"[\s\"'`(),;=]+", line):
            is_name = FILE_NAME.fullmatch(word.rsplit("/", 1)[-1]) or FILE_NAME.fullmatch(word)
            if not is_name or NOT_FILES.match(word) or re.search(r"[<>*…$:{}]", word):
                continue
            exists = any((folder / word).exists() for folder in folders)
            assert exists or ("/" not in word and word in names), word


@pytest.mark.parametrize(
    "phrase",
    [
        "Every row is as calculated.",
        "calculated independently: ",
        " is cut off: batch-trigger failed ",
        " until the first new file ran in ",
        " stranded files was mailed",
        " files came out once, complete and correct.",
    ],
)
def test_the_readme_shows_what_the_demo_and_the_drill_print(phrase: str) -> None:
    programs = tracked("tools/demo/*.py", "tools/drill/*.py")
    assert phrase in (ROOT / "README.md").read_text(encoding="utf-8")
    assert any(phrase in path.read_text(encoding="utf-8") for path in programs)


@pytest.mark.parametrize(
    "path", [*tracked(".github/*.yml"), ROOT / ".pre-commit-config.yaml"], ids=identify
)
def test_the_files_for_github_and_pre_commit_are_valid_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_pre_commit_runs_what_make_lint_runs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    entries = [hook["entry"] for repository in config["repos"] for hook in repository["hooks"]]
    (prerequisites,) = re.findall(r"^lint: (.*?) ##", MAKEFILES[""].read_text(), re.MULTILINE)
    assert entries == [f"make {name}" for name in prerequisites.split()]


@pytest.mark.parametrize("path", tracked(".github/workflows/*.yml"), ids=identify)
def test_the_workflows_run_commands_that_exist(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        if match := re.fullmatch(r"make (?:-C (\w+) )?([a-z-]+)", command):
            assert match[2] in targets(MAKEFILES[match[1] or ""]), command
        else:
            assert (ROOT / command).exists(), command


def test_the_answer_on_a_validation_rule_shows_a_rule_that_works() -> None:
    answer = section(ROOT / "docs/changing.md", "A validation rule")
    ((reason, keeps),) = re.findall(r"^ +Rule\((\".+?\"), (lambda .+)\),$", answer, re.MULTILINE)
    rule = Rule(json.loads(reason), eval(keeps))  # noqa: S307 - a line of our own page
    assert rule.is_kept({"Country": "Norway"})
    assert not rule.is_kept({"Country": "x" * 61})


def test_the_answer_on_the_fence_is_right_that_the_resilience_runs_have_the_same_wait() -> None:
    runbook = yaml.safe_load((ROOT / "runbooks/automation-failover.yaml").read_text())
    default = runbook["parameters"]["FenceWait"]["default"]
    assert default == f"PT{FENCE_WAIT / 60:.0f}M"


@pytest.mark.parametrize("column", ["Sales Channel", "Ship Date", "Total Cost", "totalCost"])
def test_the_answer_on_a_new_column_names_every_file_that_names_columns(column: str) -> None:
    answer = section(ROOT / "docs/changing.md", "A new column")
    linked = {(ROOT / "docs" / path).resolve() for path in re.findall(r"\]\(([^)#]+)", answer)}
    sources = [
        path for path in tracked("*.py", "*.yaml", "*.json", "*.sh") if path != Path(__file__)
    ]
    naming = {path for path in sources if f'"{column}"' in path.read_text(encoding="utf-8")}
    tests = {path for path in naming if path.is_relative_to(ROOT / "tests/unit")}
    assert naming - tests <= linked
    assert ROOT / "functions/common/records.py" in naming


@pytest.mark.parametrize("name", [name for name in vars(LocalCloud) if not name.startswith("_")])
def test_the_door_for_tests_is_documented(name: str) -> None:
    assert f"`{name}`" in (ROOT / "localcloud/README.md").read_text(encoding="utf-8")
