"""A second deployment beside the first, from a copy of the repository that a test may edit."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import STACK_TYPE, Stack
from localcloud.gateway.identify import Call

from tests.e2e.copy_of_repository import Copy, copied
from tests.e2e.inventory import inventory
from tests.e2e.system import System
from tools.harness.shell import ROOT
from tools.harness.watch import Deployment

ENV = "-two"
REGIONS = ("eu-west-1", "eu-central-1")
_ALL_REGIONS = ["us-east-1", "us-west-2", *REGIONS]


@dataclass
class Second:
    """The second deployment; ``before`` is what the cloud had without it."""

    copy: Copy
    system: System
    before: set[str]
    temporary: Path  # where its commands have their temporary files

    def inventory(self) -> set[str]:
        return inventory(self.system.cloud.clients.client, _ALL_REGIONS)

    def stacks(self) -> list[Stack]:
        """Of both deployments, nested ones and deleted ones too."""
        engine = self.system.cloud.get(Engine)
        return [stack for region in _ALL_REGIONS for stack in engine.stacks.of(region)]

    def physical_names(self, env: str = ENV) -> set[tuple[str, str | None]]:
        """(type, physical id) of the resources of an ENV's stacks."""
        named = [one for one in self.stacks() if one.name.startswith("batch-")]
        roots = {stack.id for stack in named if stack.name.endswith(env)}
        return {
            (resource.type, resource.physical_id)
            for stack in self.stacks()
            if (stack.root_id or stack.id) in roots and stack.status != "DELETE_COMPLETE"
            for resource in stack.resources.values()
            if resource.type != "AWS::ApiGateway::Stage"  # named within its API
        }

    def statuses(self, prefix: str) -> set[str]:
        """Of the stacks ``prefix`` of this deployment."""
        named = [stack for stack in self.stacks() if stack.name == f"{prefix}{ENV}"]
        return {stack.status for stack in named if stack.status != "DELETE_COMPLETE"}

    def last_events(self) -> dict[str, int]:
        """Stack id → how many events it has."""
        return {stack.id: len(stack.events) for stack in self.stacks()}

    def changed_since(self, began: dict[str, int]) -> dict[tuple[str, str], str]:
        """(type, logical id) → the last status of every resource that is no stack and had an
        event after ``began``, which is ``last_events`` of then.
        """
        return {
            (event["ResourceType"], event["LogicalResourceId"]): event["ResourceStatus"]
            for stack in self.stacks()
            for event in stack.events[began.get(stack.id, 0) :]
            if event["ResourceType"] != STACK_TYPE
        }

    def uploads(self) -> int:
        """How often something was put into SAM's buckets."""
        return sum(
            entry.action == "s3:PutObject" and "aws-sam-cli" in entry.resource
            for entry in self.system.cloud.ledger.entries()
        )


@dataclass
class Gate:
    """A judge that holds the merger's reading of a manifest, so that a file stays in flight."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, call: Call) -> None:
        if call.name == "GetObject" and "Merger" in call.principal.arn:
            self.reached.set()
            self.opened.wait(300)


def deployed_beside(first: System, folder: Path, financial_rows: int) -> Second:
    """``make deploy`` of another ENV to another pair of Regions."""
    before = inventory(first.cloud.clients.client, _ALL_REGIONS)
    root, temporary, data = folder / "repository", folder / "tmp", folder / "financial.csv"
    root.mkdir()
    temporary.mkdir()
    with (ROOT / "assets" / "financial-data.csv").open() as stream:
        data.write_text("".join(next(stream) for _ in range(financial_rows + 1)))
    own = {
        "ENV": ENV,
        "PRIMARY_REGION": REGIONS[0],
        "SECONDARY_REGION": REGIONS[1],
        "FINANCIAL_DATA": str(data),
        "TMPDIR": str(temporary),
    }
    copy = copied(root, first.shell.environment | own)
    copy.make("deploy")
    mrap_arn = copy.make("-s", "mrap-arn").strip()
    deployment = Deployment(ENV, first.deployment.account, REGIONS)
    system = System(first.shell, deployment, mrap_arn, first.state_dir, first.cloud)
    return Second(copy, system, before, temporary)
