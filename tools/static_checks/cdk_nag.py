"""cdk-nag, on the templates as CloudFormation gets them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.static_checks.findings import Finding
from tools.templates import ROOT, transformed_template

_SCRIPT = Path(__file__).with_name("cdk_nag.mjs")


def run(templates: Sequence[str], folder: Path) -> list[Finding]:
    """``folder``: for the transformed templates, which cdk-nag includes."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {template.replace("/", "-").removesuffix(".yaml"): template for template in templates}
    for name, template in names.items():
        (folder / f"{name}.json").write_text(json.dumps(transformed_template(template)))
    process = subprocess.run(  # noqa: S603 - our own script
        ["node", str(_SCRIPT), *(str(folder / f"{name}.json") for name in names)],  # noqa: S607 - found on PATH on purpose
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        raise RuntimeError(f"cdk-nag failed:\n{process.stderr}")
    return findings(json.loads(process.stdout), names)


def findings(violations: Sequence[Any], names: dict[str, str]) -> list[Finding]:
    """``names``: template by the name of its stack. What is in brackets is the check's detail."""
    results = []
    for violation in violations:
        check, detail = re.fullmatch(r"([^\[]+)(.*)", violation["ruleName"], re.DOTALL).groups()  # type: ignore[union-attr]  # matches any text
        message = f"{violation['description']} {detail}".strip()
        for resource in violation["violatingResources"]:
            stack, *_, logical_id = resource["constructPath"].split("/")
            results.append(Finding("cdk-nag", check, names[stack], logical_id, message))
    return results
