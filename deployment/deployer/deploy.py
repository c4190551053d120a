"""Deploys everything to both Regions, in the right order; safe to run again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError

from . import stacks, verify
from .active_region import FunctionFailed, active_region
from .admission import admission_parameters
from .aws import Aws
from .bucket_wiring import BucketWiring
from .comparison import bucket_wirings, compare
from .console import heading, info
from .dns_wait import await_dns
from .financial_data import load_financial_data
from .parallel import run_parallel
from .plan import Parameters, Plan, Stack
from .routing_controls import RoutingControls
from .settings import APPLICATION_SETTINGS, FOUNDATION_SETTINGS
from .stack_info import deployed_outputs, describe_stack, stack_parameters
from .wiring_trial import try_wiring
from .zones import zone_parameters

# Parameters of templates/foundation.yaml that turn on replication and the notification.
PEER, TRIGGER = "PeerBucketArn", "TriggerFunctionArn"


class Deployment:
    """The steps of `make deploy`, which `run` takes in their order."""

    def __init__(self, aws: Aws, plan: Plan) -> None:
        self._aws = aws
        self._plan = plan
        self._settings = plan.settings

    def run(self) -> None:
        """Wire the Regions to traffic only when both stand and have passed their check."""
        heading("[3/7] Network and bucket, both Regions")
        self._deploy_foundations()
        heading(
            "[4/7] Routing control, DNS, Multi-Region Access Point; tables; first active Region"
        )
        self._deploy_shared()
        self._activate_primary_once()
        self._deploy_applications()
        heading("[7/7] Replication and notifications, and a trial of both")
        self._wire()
        compare(self._aws, self._plan)
        try_wiring(self._aws, self._plan)

    def deploy_experiments(self) -> None:
        """Deploy a FIS experiment template to each Region; start nothing."""
        experiment = {
            **self._plan.env_parameter(),
            "Scope": self._settings.chaos_scope,
            "Duration": self._settings.chaos_duration,
        }
        networks = [self._outputs(stack) for stack in self._plan.foundations]
        self._deploy(
            *(
                (stack, {**experiment, "SubnetIds": network["SubnetIds"]})
                for stack, network in zip(self._plan.experiments, networks, strict=True)
            )
        )

    def _deploy_foundations(self) -> None:
        """The parameters of the wiring keep their values: they belong to the last step."""
        cidrs = self._settings.primary_cidr, self._settings.secondary_cidr
        common = {**self._plan.env_parameter(), **self._settings.parameters(FOUNDATION_SETTINGS)}
        self._deploy(
            *(
                (stack, {**common, **zone_parameters(self._aws, stack), "VpcCidr": cidr})
                for stack, cidr in zip(self._plan.foundations, cidrs, strict=True)
            )
        )

    def _deploy_shared(self) -> None:
        """Neither stack needs the other."""
        primary, secondary = (self._outputs(stack) for stack in self._plan.foundations)
        common = {**self._plan.env_parameter(), **self._plan.region_parameters()}
        networks = {
            "PrimaryVpcId": primary["VpcId"],
            "SecondaryVpcId": secondary["VpcId"],
            "PrimaryBucket": primary["BucketName"],
            "SecondaryBucket": secondary["BucketName"],
        }
        self._deploy((self._plan.shared, {**common, **networks}), (self._plan.tables, common))

    def _deploy_applications(self) -> None:
        """One Region after the other, so that a mistake never reaches both; a new one at once."""
        first, second = self._passive_first()
        if not describe_stack(self._aws, second):  # so no file is processed anywhere yet
            heading(
                "[5/7] and [6/7] The application in both Regions, and the check; financial data"
            )
            run_parallel(
                partial(self._deploy_application, first),
                partial(self._deploy_application, second),
                self._load_financial_data,
            )
            return
        heading(f"[5/7] The application in {first.region}, and the check of it; financial data")
        run_parallel(partial(self._deploy_application, first), self._load_financial_data)
        heading(f"[6/7] The application in {second.region}, and the check of it")
        self._deploy_application(second)

    def _passive_first(self) -> tuple[Stack, Stack]:
        """Return the passive Region's application first; after a failover it is the primary's."""
        try:
            active = active_region(self._aws, self._plan, self._plan.standby.region)
        except (FunctionFailed, ClientError):
            active = ""  # no Region is active yet, or the function cannot tell
        if active == self._plan.standby.region:
            return self._plan.primary, self._plan.standby
        return self._plan.standby, self._plan.primary

    def _deploy_application(self, stack: Stack) -> None:
        stacks.deploy(self._aws, self._plan, stack, self._application_parameters(stack))
        verify.verify(self._aws, self._plan, stack)

    def _application_parameters(self, stack: Stack) -> Parameters:
        """Every parameter, also an empty one: sam leaves what is not passed as the stack has it."""
        network = self._outputs(self._plan.foundation(stack.region))
        shared = self._outputs(self._plan.shared)
        own, peer = "Primary", "Secondary"
        if stack == self._plan.standby:
            own, peer = peer, own
        return {
            **self._plan.env_parameter(),
            "Architecture": self._settings.arch,
            "PeerRegion": self._plan.region_parameters()[f"{peer}Region"],
            "SubnetIds": network["SubnetIds"],
            "SecurityGroupId": network["SecurityGroupId"],
            "MrapArn": shared["MrapArn"],
            "OwnControlArn": shared[f"{own}ControlArn"],
            "PeerControlArn": shared[f"{peer}ControlArn"],
            "ClusterEndpoints": RoutingControls(self._aws, shared).endpoints_parameter(),
            "SesIdentity": self._settings.ses_identity,
            "Sender": self._settings.sender,
            "Recipient": self._settings.recipient,
            "OperatorEmail": self._settings.operator_email,
            **self._settings.parameters(APPLICATION_SETTINGS),
            **admission_parameters(self._aws, self._settings),
        }

    def _load_financial_data(self) -> None:
        table, file = f"financial-data{self._plan.env}", Path(self._settings.financial_data)
        load_financial_data(self._aws, table, self._plan.tables.region, file)

    def _activate_primary_once(self) -> None:
        """Make the primary active if no Region ever was, before a function can ask DNS for it.

        Until then the record names the secondary, and a resolver that was asked would keep that
        answer for its TTL.
        """
        RoutingControls(self._aws, self._outputs(self._plan.shared)).activate_primary_once()

    def _wire(self) -> None:
        """Turn on replication and notifications, once the triggers know the active Region."""
        await_dns(self._aws, self._plan, self._outputs(self._plan.shared))
        wirings = bucket_wirings(self._aws, self._plan)
        stacks_and_wirings = list(zip(self._plan.foundations, wirings, strict=True))
        self._forget_what_was_switched_off(stacks_and_wirings)
        self._deploy(
            *(
                (stack, {PEER: wiring.peer_arn, TRIGGER: wiring.trigger_arn})
                for stack, wiring in stacks_and_wirings
            )
        )

    def _forget_what_was_switched_off(
        self, stacks_and_wirings: list[tuple[Stack, BucketWiring]]
    ) -> None:
        """Take away the parameter of what the stack has, but not the bucket.

        It was switched off past CloudFormation, for which the same parameter is no change.
        """
        deployments: list[tuple[Stack, Parameters]] = []
        for stack, wiring in stacks_and_wirings:
            deployed = stack_parameters(self._aws, stack)
            differences = {
                PEER: wiring.replication_difference(self._aws),
                TRIGGER: wiring.notification_difference(self._aws),
            }
            undone = {
                name: text for name, text in differences.items() if text and deployed.get(name)
            }
            for text in undone.values():
                info(f"{text}, though {stack} says so: deploying it anew")
            if undone:
                deployments.append((stack, dict.fromkeys(undone, "")))
        if deployments:
            self._deploy(*deployments)

    def _outputs(self, stack: Stack) -> dict[str, str]:
        return deployed_outputs(self._aws, stack)

    def _deploy(self, *deployments: tuple[Stack, Parameters]) -> None:
        jobs: list[Callable[[], None]] = [
            partial(stacks.deploy, self._aws, self._plan, stack, parameters)
            for stack, parameters in deployments
        ]
        run_parallel(*jobs)
