"""parliament, on the identity policies: do action, resource and condition go together?

It knows roles only: that a policy of an endpoint or a bucket names every action of its service is
no finding.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.policies import Names, Policy, policies
from tools.static_checks.findings import Finding

_IDENTITY = ("Role", "InPrivateSubnets")
# It wants names, though there is no deployment.
_NAMES = Names(region="eu-west-1", account="123456789012", env="-dev", name="name")


def run(programs: Path, templates: Sequence[str], folder: Path) -> list[Finding]:
    """``folder``: for the policies as files, which are left there for whoever looks for a line."""
    owners = {}
    for template in templates:
        for policy in policies(template, _NAMES):
            if policy.logical_id.endswith(_IDENTITY):
                file = folder / f"{Path(template).stem}.{policy.logical_id}.{policy.name}.json"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(policy.document, indent=2))
                owners[file.name] = policy
    process = subprocess.run(  # noqa: S603 - the program and the files of this repository
        [str(programs / "parliament"), "--directory", str(folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode not in (0, 1):  # 1: it found something
        raise RuntimeError(f"parliament failed:\n{process.stderr}")
    return findings(process.stdout.splitlines(), owners)


def findings(lines: Iterable[str], owners: dict[str, Policy]) -> list[Finding]:
    """One a policy and kind: a denial of ``ec2:*`` would have hundreds."""
    by_policy_and_kind: dict[tuple[str, str], Finding] = {}
    for line in lines:
        entry = json.loads(line)
        policy = owners[Path(entry["location"]["filepath"]).name]
        detail = entry["detail"] if isinstance(entry["detail"], str) else _actions(entry["detail"])
        finding = Finding(
            "parliament",
            entry["issue"],
            policy.template,
            policy.logical_id,
            f"{entry['title']}: {detail}",
        )
        by_policy_and_kind.setdefault((policy.logical_id, entry["issue"]), finding)
    return list(by_policy_and_kind.values())


def _actions(detail: list[object]) -> str:
    return ", ".join(str(item["action"] if isinstance(item, dict) else item) for item in detail)
