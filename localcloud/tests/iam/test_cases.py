"""Policies are evaluated as the cases in cases/*.json claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.gateway.principals import role_session, service_principal
from localcloud.iam.conditions import UnknownOperator, compile_conditions
from localcloud.iam.context import Context
from localcloud.iam.evaluate import Grants, decide
from localcloud.iam.policy import Policy, parsed

CASES = Path(__file__).parent / "cases"
ROLE = role_session("arn:aws:iam::1:role/r", "session")


def policy_of(content: dict[str, Any]) -> Policy:
    return parsed(json.dumps(content))


def cases(name: str) -> list[Any]:
    content = json.loads((CASES / f"{name}.json").read_text())
    return [pytest.param(case, id=case["claim"]) for case in content]


@pytest.mark.parametrize("case", cases("evaluation"))
def test_policies_decide(case: dict[str, Any]) -> None:
    grants = Grants(
        identity=tuple(policy_of(policy) for policy in case.get("identity", [])),
        boundary=policy_of(case["boundary"]) if "boundary" in case else None,
        resource=policy_of(case["resource_policy"]) if "resource_policy" in case else None,
    )
    principal = service_principal(case["service"]) if "service" in case else ROLE
    context = Context.of(case.get("context", {}))

    decision = decide(grants, principal, case["action"], case["resource"], context)

    assert decision.allowed == case["allowed"]
    assert decision.reason == case.get("reason", decision.reason)


@pytest.mark.parametrize("case", cases("conditions"))
def test_conditions_hold(case: dict[str, Any]) -> None:
    conditions = compile_conditions(case["condition"], variables=True)
    context = Context.of(case["context"])

    assert all(condition.holds(context) for condition in conditions) == case["holds"]


def test_an_operator_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownOperator):
        compile_conditions({"StringResembles": {"k": "v"}}, variables=True)


def test_a_decision_that_looked_at_no_key_is_unconditional() -> None:
    policy = policy_of({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    decision = decide(Grants((policy,)), ROLE, "s3:GetObject", "arn:aws:s3:::b/k", Context.of({}))
    assert decision.is_unconditional


def test_a_decision_that_looked_at_a_key_is_conditional() -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = policy_of(
        {"Statement": allow | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}}
    )
    decision = decide(Grants((policy,)), ROLE, "s3:GetObject", "arn:aws:s3:::b/k", Context.of({}))
    assert not decision.is_unconditional
