from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from localcloud.assembly import SERVICES
from localcloud.cloud import Cloud, new_cloud
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

SESSION = botocore.session.Session()  # keeps the service models it has read
ALL = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Lab:
    """A cloud with CloudFormation in it; every operation has ended when its call returns."""

    def __init__(self, cloud: Cloud, region: str) -> None:
        self.cloud = cloud
        self.region = region
        self.cfn = self.client("cloudformation")

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, self.region)

    def create(
        self,
        resources: dict[str, Any],
        name: str = "app",
        parameters: Any = None,
        disable_rollback: bool = False,
        **sections: Any,
    ) -> str:
        """Create a stack; returns its status."""
        params = _params(resources, name, parameters, sections)
        self.cfn.create_stack(**params, DisableRollback=disable_rollback)
        return self.status(name)

    def update(
        self, resources: dict[str, Any], name: str = "app", parameters: Any = None, **sections: Any
    ) -> str:
        self.cfn.update_stack(**_params(resources, name, parameters, sections))
        return self.status(name)

    def refusal(self, resources: dict[str, Any], parameters: Any = None, **sections: Any) -> str:
        """The error that creating a stack of these is refused with, ``Code: message``."""
        with pytest.raises(ClientError) as caught:
            self.cfn.create_stack(**_params(resources, "refused", parameters, sections))
        return error_of(caught.value)

    def delete(self, name: str = "app") -> str:
        stack_id = self.stack(name)["StackId"]
        self.cfn.delete_stack(StackName=name)
        return self.status(stack_id)

    def stack(self, name: str = "app") -> dict[str, Any]:
        stack: dict[str, Any] = self.cfn.describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def status(self, name: str = "app") -> str:
        return str(self.stack(name)["StackStatus"])

    def outputs(self, name: str = "app") -> dict[str, str]:
        outputs = self.stack(name).get("Outputs", [])
        return {item["OutputKey"]: item["OutputValue"] for item in outputs}

    def physical_id(self, logical_id: str, name: str = "app") -> str:
        answer = self.cfn.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def events(self, name: str = "app") -> list[tuple[str, str]]:
        """(logical id, status), oldest first."""
        events = self.cfn.describe_stack_events(StackName=name)["StackEvents"]
        return [(item["LogicalResourceId"], item["ResourceStatus"]) for item in reversed(events)]

    def reason(self, logical_id: str, status: str, name: str = "app") -> str:
        """ResourceStatusReason of the newest such event."""
        for item in self.cfn.describe_stack_events(StackName=name)["StackEvents"]:
            if (item["LogicalResourceId"], item["ResourceStatus"]) == (logical_id, status):
                return str(item.get("ResourceStatusReason"))
        raise AssertionError(f"{logical_id} never was {status}")

    def refuse(self, *operations: str) -> None:
        """From now on calls of these operations are refused with AccessDenied."""

        def check(call: Call) -> None:
            if call.name in operations:
                raise ApiError("AccessDenied", "no", 403)

        self.cloud.gateway.checks.append(check)

    def allow(self) -> None:
        self.cloud.gateway.checks.clear()

    def buckets(self) -> set[str]:
        return {item["Name"] for item in self.client("s3").list_buckets()["Buckets"]}

    def put_template(self, key: str, template: dict[str, Any]) -> str:
        """Store a template in S3; returns its URL."""
        s3 = self.client("s3")
        if "templates" not in self.buckets():
            s3.create_bucket(Bucket="templates")
        s3.put_object(Bucket="templates", Key=key, Body=json.dumps(template).encode())
        return f"https://s3.amazonaws.com/templates/{key}"


def _params(resources: Any, name: str, parameters: Any, sections: dict[str, Any]) -> dict[str, Any]:
    template = {"Resources": resources, **sections}
    pairs = (parameters or {}).items()
    return {
        "StackName": name,
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in pairs],
        "Capabilities": ALL,
    }


def error_of(error: ClientError) -> str:
    details = error.response["Error"]
    return f"{details['Code']}: {details['Message']}"


def cloud_in(folder: Path, services: Iterable[str] = ("dynamodb", "cloudformation")) -> Cloud:
    """A new cloud with these services; each operation on a stack has ended when it answers."""
    cloud = new_cloud(Settings(state_dir=folder), ManualClock())
    cloud.clients._session = SESSION
    for name in services:
        importlib.import_module(f"localcloud.{name}").install(cloud)
    cloud.get(Engine).patience = 30.0
    return cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with closing(cloud_in(tmp_path)) as cloud:
        yield cloud


@pytest.fixture
def full_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud with every service, as users have it."""
    with closing(cloud_in(tmp_path, SERVICES)) as cloud:
        yield cloud


@pytest.fixture
def lab(cloud: Cloud) -> Lab:
    return Lab(cloud, "us-east-1")
