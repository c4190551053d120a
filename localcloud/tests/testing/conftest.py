"""One cloud for all tests of the door, and a state machine and functions in it."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from localcloud.testing import Execution, LocalCloud, local_cloud

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
ECHO = "def handler(event, context): return event"


@dataclass
class Lab:
    """A cloud, and short ways to fill it."""

    cloud: LocalCloud
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def client(self, service: str, region: str = EAST) -> Any:
        return self.cloud.client(service, region)

    def role(self, service: str) -> str:
        """The ARN of a new role that the service may take on, and that may do everything."""
        iam, name = self.client("iam"), f"role-{next(self.numbers)}"
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        policy = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_document(policy))
        return str(role["Arn"])

    def function(self, source: str = ECHO, region: str = EAST) -> str:
        """The name of a new function whose ``app.handler`` is in ``source``."""
        archive, name = io.BytesIO(), f"function-{next(self.numbers)}"
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("app.py", source)
        self.client("lambda", region).create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role("lambda.amazonaws.com"),
            Code={"ZipFile": archive.getvalue()},
        )
        return name

    def start(self, states: dict[str, Any]) -> str:
        """The ARN of an execution of a new state machine."""
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
        states_api = self.client("stepfunctions")
        machine = states_api.create_state_machine(
            name=f"machine-{next(self.numbers)}",
            definition=json.dumps(definition),
            roleArn=self.role("states.amazonaws.com"),
        )
        started = states_api.start_execution(stateMachineArn=machine["stateMachineArn"])
        return str(started["executionArn"])

    def execution(self, arn: str) -> Execution:
        return next(item for item in self.cloud.executions.find() if item.arn == arn)

    def bucket(self, region: str = EAST) -> str:
        name, s3 = f"bucket-{next(self.numbers)}", self.client("s3", region)
        if region == EAST:
            s3.create_bucket(Bucket=name)
        else:
            location = {"LocationConstraint": region}
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=location)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("cloud") / "state"
    with local_cloud(folder, time_scale=0.01, verified_identities=("a@example.com",)) as cloud:
        yield Lab(cloud)


@pytest.fixture
def cloud(lab: Lab) -> LocalCloud:
    return lab.cloud
