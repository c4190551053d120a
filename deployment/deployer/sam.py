"""The command line of `sam deploy`."""

from __future__ import annotations

from .plan import Parameters, Plan, Stack


def deploy_command(plan: Plan, stack: Stack, parameters: Parameters) -> list[str]:
    # fmt: off
    command = [
        "sam", "deploy", "--template-file", stack.template,
        "--stack-name", stack.name, "--region", stack.region,
        "--resolve-s3", "--s3-prefix", upload_prefix(plan),
        "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        "--capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
    ]
    # fmt: on
    overrides = [override(name, value) for name, value in parameters.items()]
    return [*command, *(["--parameter-overrides", *overrides] if overrides else [])]


def override(name: str, value: str) -> str:
    r"""Return `Name="value"`: without quotes sam refuses an empty value, and cuts at blanks.

    It unquotes `\"`, and has no way to write a backslash before the last quote.
    https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/types.py
    """
    escaped = value.replace('"', '\\"')
    return f'{name}="{escaped}"'


def upload_prefix(plan: Plan) -> str:
    """The folder of SAM's bucket for the templates and archives of this deployment."""
    return f"batch{plan.env}"
