"""Reports what is missing before anything is created: `make check`, and the start of a deploy."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from .. import console
from ..aws import Aws
from ..errors import DeployError
from ..plan import Plan
from .account import check_account, check_credentials
from .finding import Finding
from .machine import check_tools
from .settings import check_settings


def run_preflight(aws: Aws, plan: Plan, *, brief: bool) -> None:
    """Print the findings, in `brief` without those that are ok. Raises DeployError if any stops.

    A part is checked only if what it depends on is there.
    """
    findings = [*check_settings(plan.settings), *check_tools()]
    if not any(finding.is_missing for finding in findings):
        findings += _account_findings(aws, plan)
    for finding in findings:
        if not (brief and finding.is_ok):
            console.info(str(finding))
    if missing := sum(finding.is_missing for finding in findings):
        raise DeployError(f"Cannot deploy: {missing} missing, as named above. Nothing was created.")


def _account_findings(aws: Aws, plan: Plan) -> list[Finding]:
    credentials = check_credentials(aws, plan.settings.primary_region)
    if credentials.is_missing:
        return [credentials]
    try:
        return [credentials, *check_account(aws, plan)]
    except (BotoCoreError, ClientError) as error:
        refusal = Finding.missing(f"AWS did not answer a question of this check: {error}")
        return [credentials, refusal]
