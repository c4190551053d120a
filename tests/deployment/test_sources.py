"""deployment/deployer/sources.py: what a template is deployed with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployment.deployer.sources import sources_digest
from tests.templates.loading import ALL, ROOT, read_template, walk

# Every property of a resource that SAM uploads a local file or folder for, of those used here.
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-package.html
UPLOADED = {"TemplateURL", "CodeUri", "ContentUri", "DefinitionUri", "Location"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "root.yaml": "TemplateURL: templates/inner.yaml\n# see docs/notes.md\n",
        "templates/inner.yaml": "CodeUri: ../code/\nDefinitionUri: ../machine.asl.json\nX: /etc/\n"
        "TemplateURL: beside.yaml\nDescription: docs of x.yaml\n",
        "templates/beside.yaml": "",
        "code/app/handler.py": "1",
        "machine.asl.json": "{}",
        "docs/notes.md": "",
        "templates/other.yaml": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "root.yaml",
        "templates/inner.yaml",
        "templates/beside.yaml",
        "code/app/handler.py",
        "machine.asl.json",
    ],
)
def test_a_change_of_the_template_or_of_what_it_names_changes_the_digest(
    root: Path, name: str
) -> None:
    before = sources_digest("root.yaml", root)
    (root / name).write_text((root / name).read_text() + "\n")
    assert sources_digest("root.yaml", root) != before


def test_a_file_that_is_added_or_renamed_changes_the_digest(root: Path) -> None:
    digests = {sources_digest("root.yaml", root)}
    (root / "code" / "new.py").touch()
    digests.add(sources_digest("root.yaml", root))
    (root / "code" / "new.py").rename(root / "code" / "newer.py")
    digests.add(sources_digest("root.yaml", root))
    assert len(digests) == 3


def test_what_no_template_names_changes_nothing(root: Path) -> None:
    before = sources_digest("root.yaml", root)
    (root / "docs" / "notes.md").write_text("a comment names it")
    (root / "templates" / "other.yaml").write_text("changed")
    assert sources_digest("root.yaml", root) == before


@pytest.mark.parametrize("template", ALL)
def test_every_path_that_sam_would_upload_is_found(template: str, tmp_path: Path) -> None:
    """Of the real templates, in a copy of which each path is an empty file."""
    paths = set(_uploaded(read_template(template)))
    copy = tmp_path / template
    copy.parent.mkdir(exist_ok=True)
    copy.write_text((ROOT / template).read_text())
    for path in paths:
        file = (copy.parent / path).resolve()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        before = sources_digest(template, tmp_path)
        file.write_text("changed")
        assert sources_digest(template, tmp_path) != before, path


def _uploaded(template: dict[str, Any]) -> Iterator[str]:
    for value in walk(template):
        if isinstance(value, dict):
            yield from (value[name] for name in UPLOADED & value.keys())
