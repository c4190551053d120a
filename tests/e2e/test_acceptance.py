"""``make acceptance``, as a person with an account starts it, but against the local cloud."""

from __future__ import annotations

import re
import subprocess

from tests.e2e.system import System
from tools.harness.shell import ROOT


def test_an_acceptance_run_passes_every_claim_destroys_its_own_deployment_and_leaves_a_report(
    system: System,
) -> None:
    """Beside another ENV, which it leaves alone: the other tests go on with that."""
    answers = {"ACCEPT": "yes", "REPLICATION_WAIT": "PT3M"}
    result = subprocess.run(
        ["make", "acceptance"],  # noqa: S607 - the user's make
        cwd=ROOT,
        env=system.shell.environment | answers,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr
    assert "not AWS: it is free" in result.stdout
    assert result.stdout.index("On AWS this costs about $") < result.stdout.index("make deploy")
    (path,) = re.findall(r"^The report: (\S+)$", result.stdout, re.MULTILINE)
    report = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(r"# Acceptance run on the local cloud: (\d+) of \1 claims passed", report)
    assert system.deployment.account not in report
