"""A cloud with Lambda alone, and functions from a line of source."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from localcloud import lambda_
from localcloud.cloud import Cloud, new_cloud
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

REGION = "us-east-1"
_numbers = itertools.count()


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


@dataclass
class Bench:
    """A cloud and a role for its functions."""

    cloud: Cloud
    role: str

    @property
    def service(self) -> Lambda:
        return self.cloud.get(Lambda)

    @property
    def api(self) -> Any:
        return self.client("lambda")

    def client(self, name: str) -> Any:
        return self.cloud.clients.client(name, REGION)

    def function(self, source: str, **settings: Any) -> str:
        """Create a function whose ``app.handler`` is in ``source``; return its name."""
        name = f"function-{next(_numbers)}"
        code = {"ZipFile": zipped({"app.py": source})}
        defaults = {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": self.role,
            "Code": code,
        }
        self.api.create_function(FunctionName=name, **defaults | settings)
        return name

    def run(self, function: str, event: Any = None, **options: Any) -> InvokeResult:
        payload = json.dumps(event).encode()
        admin = self.cloud.principals.admin
        return self.service.invoke(function, payload, admin, region=REGION, **options)

    def result(self, function: str, event: Any = None) -> Any:
        return json.loads(self.run(function, event).payload)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    cloud = new_cloud(Settings(state_dir=tmp_path_factory.mktemp("cloud")), ManualClock())
    lambda_.install(cloud)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam = cloud.clients.client("iam", REGION)
    role = iam.create_role(RoleName="runner", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    yield Bench(cloud, role["Arn"])
    cloud.close()


@pytest.fixture
def refused() -> Any:
    """``with refused("SomeException", "words"):`` expects that error of the API."""
    from contextlib import contextmanager

    from botocore.exceptions import ClientError

    @contextmanager
    def expect(code: str, words: str = "") -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        error = caught.value.response["Error"]
        assert error["Code"] == code
        assert words in error["Message"]

    return expect
