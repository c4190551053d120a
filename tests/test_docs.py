"""The documentation is true: what it names exists, and what people use is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from localcloud.testing import LocalCloud

from common import run_state
from deployment.deployer.run_commands import ERRORS, REFUSALS
from reconciler.report import Outcome
from tests.documentation import (
    MAKEFILES,
    PAGES,
    ROOT,
    anchors,
    code,
    file_names,
    identify,
    links,
    localcloud_commands,
    make_commands,
    section,
    subcommands,
    targets,
    tracked,
    variables,
)
from tests.resilience.plan import FENCE_WAIT
from validator.rule_types import Rule

SETTINGS = sorted(variables(MAKEFILES["deployment"]) - {"PYTHON"})
LOCALCLOUD_SETTINGS = (ROOT / "localcloud/src/localcloud/settings.py").read_text()
LOCALCLOUD_VARIABLES = sorted(set(re.findall(r'"(LOCALCLOUD_\w+)', LOCALCLOUD_SETTINGS)))
per_page = pytest.mark.parametrize("page", PAGES, ids=identify)


@pytest.mark.parametrize("folder", MAKEFILES, ids=str)
def test_every_target_of_make_is_documented(folder: str) -> None:
    documented = {word for page in PAGES for words in make_commands(page) for word in words}
    assert not targets(MAKEFILES[folder]) - documented


@per_page
def test_every_make_command_in_a_page_exists(page: Path) -> None:
    existing = set.union(*(targets(path) | variables(path) for path in MAKEFILES.values()))
    arguments = {
        "FILE",
        "ROWS",
        "TARGET",
        "ACCOUNT",
        "REGION",
        "RUN",
        "CANARY",
        "CONFIRM",
        "WAIT",
        "TESTS",
        "UPGRADE",
        "ACCEPT",
        "RECORD",
        "JSON",
        "MARK",
        "SINCE",
        "KEEP",
        "PAGE",
    }
    for words in make_commands(page):
        if "-C" in words:
            folder = words[words.index("-C") + 1]
            assert folder == ".." or folder in MAKEFILES, words
            words = [word for word in words if word != folder]
        names = [word.partition("=")[0] for word in words if not word.startswith("-")]
        assert not set(names) - existing - arguments, words


@per_page
def test_every_localcloud_command_in_a_page_exists(page: Path) -> None:
    existing = subcommands()
    for name, *words in localcloud_commands(page):
        assert name in existing, name
        assert not words or not existing[name] or words[0] in existing[name], [name, *words]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_of_a_deployment_is_documented(name: str) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page


@pytest.mark.parametrize("name", LOCALCLOUD_VARIABLES)
def test_every_setting_of_the_local_cloud_is_documented(name: str) -> None:
    assert f"`{name}`" in (ROOT / "localcloud/README.md").read_text(encoding="utf-8")


def test_the_alarms_that_are_documented_are_those_of_the_templates() -> None:
    answer = section(ROOT / "docs/operations.md", "When an alarm rings")
    first_cells = re.findall(r"^\|([^|]+)\|", answer, re.MULTILINE)
    documented = {name for cell in first_cells for name in re.findall(r"`(batch-[a-z-]+)`", cell)}
    sources = [path.read_text(encoding="utf-8") for path in tracked("templates/*.yaml")]
    alarms = re.findall(r"AlarmName: !Sub '([a-z-]+)\$\{Env\}'", "".join(sources))
    assert documented == set(alarms)


def test_every_entry_of_the_report_is_documented() -> None:
    answer = section(ROOT / "docs/operations.md", "What the report says")
    assert all(f"| `{outcome}` |" in answer for outcome in get_args(Outcome))


def test_every_state_of_a_run_is_documented() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    states = {run_state.STARTED, run_state.FAILED, run_state.SUPERSEDED, run_state.UNCERTAIN}
    cells = re.findall(r"^\| ([A-Z_, ]+) \|", page, re.MULTILINE)
    documented = {name for cell in cells for name in cell.split(", ")}
    assert documented == states | {run_state.COMPLETED, run_state.GIVEN_UP}


def test_everything_that_a_command_about_a_run_refuses_is_documented() -> None:
    answer = section(ROOT / "docs/operations.md", "Decide about one run")
    first_cells = re.findall(r"^\|([^|]+)\|", answer, re.MULTILINE)
    phrases = {phrase for cell in first_cells for phrase in re.findall(r"`([^`]+)`", cell)}
    for text in (*REFUSALS.values(), *ERRORS.values()):
        assert any(phrase in text for phrase in phrases), text


@pytest.mark.parametrize(
    "words", ["by hand in the table", "set its row", "set the row", "aws dynamodb"]
)
def test_operators_change_nothing_by_hand_in_the_table(words: str) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert words not in " ".join(page.split())


@per_page
def test_every_link_and_its_anchor_resolve(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@per_page
def test_a_page_names_only_files_that_exist(page: Path) -> None:
    names = {path.name for path in tracked()}
    folders = [ROOT, page.parent, ROOT / "deployment", ROOT / "localcloud", ROOT / "functions"]
    folders += [ROOT / "localcloud/src/localcloud", ROOT / "tests", ROOT / "templates"]
    for word in file_names(page):
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


def test_the_example_of_a_resource_type_is_one_of_the_local_cloud() -> None:
    resources = ROOT / "localcloud/src/localcloud/cloudformation/resources"
    row = code(ROOT / "localcloud/docs/adding-a-service.md")
    member = re.compile(r" +(type|supported|calls|unique_name|updates)=")
    fields = [line for line in row if member.match(line)]
    source = (resources / "rows.py").read_text(encoding="utf-8")
    assert len(fields) == 5
    assert all(line.strip() in source for line in fields)
