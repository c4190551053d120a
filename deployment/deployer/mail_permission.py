"""Whether the emailer may send a mail as it does, found out without sending one.

SES checks the role on the identities of sender and recipient, and on the configuration set that an
identity has by default. AWS documents that SendEmail needs ses:SendEmail; for a raw message, which
the emailer sends, it is reported to check ses:SendRawEmail, so that the role has both.
https://github.com/anymail/django-anymail/issues/384
https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html
https://github.com/aws/aws-cdk/issues/34402
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .plan import Plan

ACTIONS = ("ses:SendEmail", "ses:SendRawEmail")


class MayNotSend(Exception):
    """The message says what forbids the mail."""


def check_mail_permission(aws: Aws, plan: Plan, region: str) -> str:
    """Return a few words for the operator. Raises MayNotSend."""
    ses = aws.client("sesv2", region)
    _check_account(ses)
    role = aws.client("lambda", region).get_function_configuration(
        FunctionName=plan.function("emailer")
    )["Role"]
    resources = list(dict.fromkeys(_resources(ses, plan, region, role)))
    try:
        results = _simulate(aws, region, role, resources)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return "not checked, since you may not iam:SimulatePrincipalPolicy"
        raise
    if denied := [permission for permission, decision in results if decision != "allowed"]:
        raise MayNotSend(f"{role} lacks {', '.join(denied)}")
    return f"its role may send to {plan.settings.recipient}"


def _check_account(ses: Any) -> None:
    account = ses.get_account()
    if not account["SendingEnabled"] or account["EnforcementStatus"] == "SHUTDOWN":
        raise MayNotSend("SES has paused sending for this account")


def _resources(ses: Any, plan: Plan, region: str, role: str) -> Iterator[str]:
    """The ARNs of what SES checks, as far as it exists here."""
    settings, (_, partition, _, _, account, _) = plan.settings, role.split(":", 5)
    prefix = f"arn:{partition}:ses:{region}:{account}:"
    yield f"{prefix}identity/{settings.sender}"
    for address in (settings.sender, settings.recipient):
        for name in (address, address.rpartition("@")[2]):
            if (identity := _identity(ses, name)) is not None:
                yield f"{prefix}identity/{name}"
                if configuration_set := identity.get("ConfigurationSetName"):
                    yield f"{prefix}configuration-set/{configuration_set}"


def _identity(ses: Any, name: str) -> dict[str, Any] | None:
    try:
        return dict(ses.get_email_identity(EmailIdentity=name))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise


def _simulate(aws: Aws, region: str, role: str, resources: list[str]) -> list[tuple[str, str]]:
    """The decisions, each with `action on resource`."""
    pages = (
        aws.client("iam", region)
        .get_paginator("simulate_principal_policy")
        .paginate(PolicySourceArn=role, ActionNames=list(ACTIONS), ResourceArns=resources)
    )
    return [
        (f"{result['EvalActionName']} on {result['EvalResourceName']}", result["EvalDecision"])
        for page in pages
        for result in page["EvaluationResults"]
    ]
