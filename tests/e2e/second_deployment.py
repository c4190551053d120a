"""A second deployment beside the first, from a copy of the repository that a test may edit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.testing import Stack

from tests.e2e.inventory import inventory
from tests.e2e.repository_copy import RepositoryCopy, copy_repository
from tests.e2e.system import System
from tools.harness.deployment import Deployment
from tools.harness.shell import FINANCIAL_DATA

ENV = "-two"
REGIONS = ("eu-west-1", "eu-central-1")
RECIPIENT_DOMAIN = "results.example"
_ALL_REGIONS = ["us-east-1", "us-west-2", *REGIONS]
_STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass
class SecondDeployment:
    """``before`` is what the cloud had without it."""

    repository: RepositoryCopy
    system: System
    before: set[str]
    temporary: Path  # where its commands have their temporary files

    def inventory(self) -> set[str]:
        return inventory(self.system.cloud.client, _ALL_REGIONS)

    def stacks(self) -> list[Stack]:
        """Of both deployments, nested ones and deleted ones too."""
        return [stack for region in _ALL_REGIONS for stack in self.system.cloud.stacks(region)]

    def physical_names(self, env: str = ENV) -> set[tuple[str, str | None]]:
        """(type, physical id) of the resources of an ENV's stacks."""
        stacks = self.stacks()
        roots = {
            stack.id
            for stack in stacks
            if stack.name.startswith("batch-") and stack.name.endswith(env)
        }
        return {
            (resource.type, resource.physical_id)
            for stack in stacks
            if (stack.root_id or stack.id) in roots and stack.status != "DELETE_COMPLETE"
            for resource in stack.resources
            if resource.type != "AWS::ApiGatewayV2::Stage"  # named within its API
        }

    def statuses(self, prefix: str) -> set[str]:
        """Of the stacks ``prefix`` of this deployment."""
        named = [stack for stack in self.stacks() if stack.name == f"{prefix}{ENV}"]
        return {stack.status for stack in named if stack.status != "DELETE_COMPLETE"}

    def event_counts(self) -> dict[str, int]:
        """Stack id → how many events it has."""
        return {stack.id: len(stack.events) for stack in self.stacks()}

    def changed_since(self, event_counts: dict[str, int]) -> dict[tuple[str, str], str]:
        """(type, logical id) → the last status of every resource, except stacks, that had an event
        since ``event_counts``.
        """
        return {
            (event["ResourceType"], event["LogicalResourceId"]): event["ResourceStatus"]
            for stack in self.stacks()
            for event in stack.events[event_counts.get(stack.id, 0) :]
            if event["ResourceType"] != _STACK_TYPE
        }

    def uploads(self) -> int:
        """How often something was put into SAM's buckets."""
        return sum(
            call.action == "s3:PutObject" and "aws-sam-cli" in call.resource
            for call in self.system.cloud.calls.recorded()
        )


def deploy_beside(first: System, folder: Path, financial_rows: int) -> SecondDeployment:
    """Run ``make deploy`` for another ENV and another pair of Regions.

    Its recipient is verified by its domain only.
    """
    before = inventory(first.cloud.client, _ALL_REGIONS)
    root, temporary, data = folder / "repository", folder / "tmp", folder / "financial.csv"
    root.mkdir()
    temporary.mkdir()
    with FINANCIAL_DATA.open() as lines:
        data.write_text("".join(next(lines) for _ in range(financial_rows + 1)))
    settings = {
        "ENV": ENV,
        "PRIMARY_REGION": REGIONS[0],
        "SECONDARY_REGION": REGIONS[1],
        "FINANCIAL_DATA": str(data),
        "RECIPIENT": f"results@{RECIPIENT_DOMAIN}",
        "TMPDIR": str(temporary),
    }
    for region in REGIONS:
        first.cloud.client("sesv2", region).create_email_identity(EmailIdentity=RECIPIENT_DOMAIN)
    repository = copy_repository(root, first.shell.environment | settings)
    repository.make("deploy")
    mrap_arn = repository.make("-s", "mrap-arn").strip()
    deployment = Deployment(ENV, first.deployment.account, REGIONS, mrap_arn)
    system = System(first.shell, deployment, first.cloud)
    return SecondDeployment(repository, system, before, temporary)
