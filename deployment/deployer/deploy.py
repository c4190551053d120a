"""Everything, in both Regions, in the right order; safe to run again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import ClientError

from . import stacks, verify
from .cloud import Cloud, outputs
from .console import step
from .parallel import together
from .plan import Parameters, Plan, Stack, Stopped
from .settings import APPLICATION_SETTINGS, FOUNDATION_SETTINGS

HERE = Path(__file__).parents[1]


class Deployment:
    """Each method is a step of `make deploy`, which `run` takes in their order."""

    def __init__(self, cloud: Cloud, plan: Plan) -> None:
        self._cloud = cloud
        self._plan = plan
        self._settings = plan.settings

    def run(self, seed: Callable[[], None]) -> None:
        """Nothing flows before both Regions stand and have passed their check."""
        step("[3/7] Network and bucket, both Regions")
        self.foundations()
        step("[4/7] Routing control, DNS, Multi-Region Access Point; tables")
        self.shared()
        first, second = self._passive_first()
        step(f"[5/7] The application in {first.region}, and the check of it; financial data")
        together(lambda: self._rolled_out(first), seed)
        step(f"[6/7] The application in {second.region}, and the check of it")
        self._rolled_out(second)
        step("[7/7] Replication, notifications and the first active Region")
        self.wire()

    def foundations(self) -> None:
        cidrs = self._settings.primary_cidr, self._settings.secondary_cidr
        common = {**self._plan.own(), **self._settings.parameters(FOUNDATION_SETTINGS)}
        self._deploy(
            *(
                (stack, {**common, "VpcCidr": cidr})
                for stack, cidr in zip(self._plan.foundations, cidrs, strict=True)
            )
        )

    def shared(self) -> None:
        """Neither needs the other."""
        primary, secondary = (outputs(self._cloud, stack) for stack in self._plan.foundations)
        common = {**self._plan.own(), **self._plan.regions()}
        networks = {
            "PrimaryVpcId": primary["VpcId"],
            "SecondaryVpcId": secondary["VpcId"],
            "PrimaryBucket": primary["BucketName"],
            "SecondaryBucket": secondary["BucketName"],
        }
        self._deploy((self._plan.shared, {**common, **networks}), (self._plan.tables, common))

    def _passive_first(self) -> tuple[Stack, Stack]:
        """The standby first; after a failover that is the primary's Region."""
        try:
            active = verify.active_region(self._cloud, self._plan, self._plan.standby.region)
        except (verify.Unfit, ClientError):
            active = ""  # there is none yet, or it cannot say: then by their names
        if active == self._plan.standby.region:
            return self._plan.primary, self._plan.standby
        return self._plan.standby, self._plan.primary

    def _rolled_out(self, stack: Stack) -> None:
        stacks.deploy(self._cloud, self._plan, stack, self._application(stack))
        verify.verify(self._cloud, self._plan, stack)

    def _application(self, stack: Stack) -> Parameters:
        network = outputs(self._cloud, self._plan.foundation(stack.region))
        shared = outputs(self._cloud, self._plan.shared)
        own, peer = "Primary", "Secondary"
        if stack == self._plan.standby:
            own, peer = peer, own
        return {
            **self._plan.own(),
            "Architecture": self._settings.arch,
            "PeerRegion": self._plan.regions()[f"{peer}Region"],
            "SubnetIds": network["SubnetIds"],
            "SecurityGroupId": network["SecurityGroupId"],
            "MrapArn": shared["MrapArn"],
            "OwnControlArn": shared[f"{own}ControlArn"],
            "PeerControlArn": shared[f"{peer}ControlArn"],
            "ClusterEndpoints": _arc("endpoints", shared["ClusterArn"]),
            "SesIdentity": self._settings.ses_identity,
            "Sender": self._settings.sender,
            "Recipient": self._settings.recipient,
            "OperatorEmail": self._settings.operator_email,
            **self._settings.parameters(APPLICATION_SETTINGS),
        }

    def wire(self) -> None:
        """Replication and notifications on; the primary active, if no Region ever was."""
        applications = (self._plan.primary, self._plan.standby)
        triggers = [outputs(self._cloud, stack)["TriggerFunctionArn"] for stack in applications]
        buckets = [outputs(self._cloud, stack)["BucketArn"] for stack in self._plan.foundations]
        shared = outputs(self._cloud, self._plan.shared)
        print(_arc("begin", *(shared[f"{name}Arn"] for name in _CONTROLS)), flush=True)
        self._deploy(
            *(
                (stack, {"PeerBucketArn": peer, "TriggerFunctionArn": trigger})
                for stack, peer, trigger in zip(
                    self._plan.foundations, reversed(buckets), triggers, strict=True
                )
            )
        )

    def chaos(self) -> None:
        """Both experiment templates; starts nothing."""
        scope, duration = self._settings.chaos_scope, self._settings.chaos_duration
        experiment = {**self._plan.own(), "Scope": scope, "Duration": duration}
        networks = [outputs(self._cloud, stack) for stack in self._plan.foundations]
        self._deploy(
            *(
                (stack, {**experiment, "SubnetIds": network["SubnetIds"]})
                for stack, network in zip(self._plan.experiments, networks, strict=True)
            )
        )

    def _deploy(self, *wanted: tuple[Stack, Parameters]) -> None:
        def job(stack: Stack, parameters: Parameters) -> Callable[[], None]:
            return lambda: stacks.deploy(self._cloud, self._plan, stack, parameters)

        together(*(job(stack, parameters) for stack, parameters in wanted))


_CONTROLS = ("Cluster", "PrimaryControl", "SecondaryControl")


def _arc(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own script
        [HERE / "arc.sh", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stopped(f"FAILED: {done.stderr.strip()} Run the same command again.")
    return done.stdout.rstrip("\n")
