"""What other services ask IAM."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.iam import Authority
from tests.iam.conftest import BUCKET, MakeRole, allow
from tests.iam.support import ACCOUNT


def test_the_authority_decides_for_other_services(cloud: Cloud, role: MakeRole) -> None:
    session = role(allow("s3:ReplicateObject", f"{BUCKET}/out/*"))
    authority = cloud.get(Authority)
    assert authority.allows(session, "s3:ReplicateObject", f"{BUCKET}/out/k").allowed
    assert not authority.allows(session, "s3:ReplicateObject", f"{BUCKET}/in/k").allowed


def test_a_service_can_assume_a_role_that_trusts_it(cloud: Cloud, role: MakeRole) -> None:
    role()
    authority, arn = cloud.get(Authority), f"arn:aws:iam::{ACCOUNT}:role/r"
    assert authority.can_assume(arn, "lambda.amazonaws.com")
    assert not authority.can_assume(arn, "states.amazonaws.com")
    assert not authority.can_assume(arn.replace("/r", "/none"), "lambda.amazonaws.com")


def test_a_simulation_says_what_a_role_may_do(cloud: Cloud, role: MakeRole) -> None:
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}
    role(allow("s3:GetObject", "*", StringEquals={"aws:RequestedRegion": "us-east-1"}), denial)
    response = cloud.clients.client("iam", "us-east-1").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/r",
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::open/a", "arn:aws:s3:::secret/a"],
        ContextEntries=[
            {
                "ContextKeyName": "aws:RequestedRegion",
                "ContextKeyValues": ["us-east-1"],
                "ContextKeyType": "string",
            }
        ],
    )
    decisions = [
        (result["EvalActionName"], result["EvalResourceName"][-6:], result["EvalDecision"])
        for result in response["EvaluationResults"]
    ]
    assert decisions == [
        ("s3:GetObject", "open/a", "allowed"),
        ("s3:GetObject", "cret/a", "explicitDeny"),
        ("s3:PutObject", "open/a", "implicitDeny"),
        ("s3:PutObject", "cret/a", "explicitDeny"),
    ]
