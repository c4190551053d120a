"""A cloud with Lambda and API Gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from localcloud import apigatewayv2, iam, lambda_
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from tests.apigatewayv2.environment import REGION, Environment
from tests.manual_clock import ManualClock


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    cloud = new_cloud(Settings(state_dir=tmp_path_factory.mktemp("cloud")), ManualClock())
    for part in (iam, lambda_, apigatewayv2):
        part.install(cloud)
    allowed = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [{**allowed, "Action": "sts:AssumeRole"}]}
    client = cloud.clients.client("iam", REGION)
    role = client.create_role(RoleName="runner", AssumeRolePolicyDocument=json.dumps(trust))
    statements = [
        {"Effect": "Allow", "Action": ["apigateway:*", "logs:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": f"arn:aws:execute-api:{REGION}:*:*/POST/records/7",
        },
    ]
    client.put_role_policy(
        RoleName="runner",
        PolicyName="calls",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    yield Environment(cloud, role["Role"]["Arn"])
    cloud.close()
