"""deployment/deployer/mail_permission.py: what may forbid a mail is found beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer.mail_permission import MayNotSend, check_mail_permission
from tests.deployment.fakes import FakeAws, error, failing, plan

REGION = "eu-west-1"
PLAN = plan(sender="batch@example.com", recipient="her@example.org")
ARN = f"arn:aws:ses:{REGION}:123456789012:"


class FakeMail:
    """SES's identities with their configuration sets; what the role may not send with."""

    def __init__(self) -> None:
        self.identities = {"example.com": "", "example.org": ""}
        self.denied: set[str] = set()
        self.account: dict[str, Any] = {"SendingEnabled": True, "EnforcementStatus": "HEALTHY"}
        self.simulated: list[str] = []

    def aws(self) -> FakeAws:
        role = {"Role": "arn:aws:iam::123456789012:role/emailer"}
        return FakeAws(
            sesv2={"get_account": lambda: self.account, "get_email_identity": self._identity},
            iam={"simulate_principal_policy": self._simulate},
            **{"lambda": {"get_function_configuration": lambda **_: role}},
        )

    def _identity(self, EmailIdentity: str) -> dict[str, str]:  # noqa: N803 - named by the API
        if EmailIdentity not in self.identities:
            raise error("NotFoundException", "does not exist")
        name = self.identities[EmailIdentity]
        return {"ConfigurationSetName": name} if name else {}

    def _simulate(self, ActionNames: list[str], ResourceArns: list[str], **_: Any) -> Any:  # noqa: N803 - named by the API
        self.simulated = [resource.removeprefix(ARN) for resource in ResourceArns]
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": "implicitDeny"
                if self.denied & {action, resource.removeprefix(ARN)}
                else "allowed",
            }
            for action in ActionNames
            for resource in ResourceArns
        ]
        return [{"EvaluationResults": results[:1]}, {"EvaluationResults": results[1:]}]


def test_the_sender_and_the_identities_that_exist_are_asked_for() -> None:
    mail = FakeMail()
    text = check_mail_permission(mail.aws(), PLAN, REGION)
    assert text == "its role may send to her@example.org"
    assert mail.simulated == [
        "identity/batch@example.com",
        "identity/example.com",
        "identity/example.org",
    ]


def test_the_default_configuration_set_of_the_identity_is_asked_for() -> None:
    mail = FakeMail()
    mail.identities["example.com"] = "all"
    mail.denied = {"configuration-set/all"}
    with pytest.raises(MayNotSend, match=r"lacks ses:SendEmail on arn:.*:configuration-set/all$"):
        check_mail_permission(mail.aws(), PLAN, REGION)


@pytest.mark.parametrize("action", ["ses:SendEmail", "ses:SendRawEmail"])
def test_both_actions_that_a_raw_message_may_need_are_asked_for(action: str) -> None:
    mail = FakeMail()
    mail.denied = {action}
    with pytest.raises(MayNotSend, match=f"lacks {action} on arn:.*:identity/batch@example.com, "):
        check_mail_permission(mail.aws(), PLAN, REGION)


def test_an_account_that_may_not_send_is_named() -> None:
    mail = FakeMail()
    mail.account["SendingEnabled"] = False
    with pytest.raises(MayNotSend, match="has paused sending"):
        check_mail_permission(mail.aws(), PLAN, REGION)


def test_an_operator_who_may_not_simulate_is_told_that_it_was_not_checked() -> None:
    aws = FakeMail().aws()
    aws.services["iam"] = {"simulate_principal_policy": failing("AccessDenied", "no")}
    assert "not checked" in check_mail_permission(aws, PLAN, REGION)
