"""The commands, each with what it prints around its work."""

from __future__ import annotations

from functools import partial

from . import console, stacks
from .aws import Aws
from .build import build
from .canary import send_canary
from .comparison import compare
from .console import Stopwatch, heading
from .deploy import Deployment
from .errors import DeployError
from .parallel import run_parallel
from .plan import Plan
from .preflight import run_preflight
from .stack_info import deployed_outputs
from .subscribers import warn_without_subscribers
from .teardown import Teardown
from .verify import verify
from .wiring_trial import try_wiring

EMPTY = "empty"  # what to call an ENV that has no name


def check(aws: Aws, plan: Plan, *, brief: bool = False) -> None:
    run_preflight(aws, plan, brief=brief)
    primary, secondary = plan.settings.regions
    console.info(
        f"nothing is missing for {primary} and {secondary}, names that end in '{plan.env}'"
    )


def deploy(aws: Aws, plan: Plan) -> None:
    stopwatch = Stopwatch()
    heading("[1/7] Settings, tools, account and Regions")
    check(aws, plan, brief=True)
    heading("[2/7] Functions and their layer")
    build(plan.settings.arch)
    Deployment(aws, plan).run()
    warn_without_subscribers(aws, plan)
    heading(f"Deployed in {stopwatch.seconds} s. Try: make upload FILE=../assets/testfile.csv")


def verify_regions(aws: Aws, plan: Plan, *, canary: bool = False) -> None:
    """The parts work, are as deployed, and do together what they are there for."""
    applications = (plan.standby, plan.primary)
    run_parallel(*(partial(verify, aws, plan, stack, 0) for stack in applications))
    compare(aws, plan)
    warn_without_subscribers(aws, plan)
    try_wiring(aws, plan)
    if canary:
        send_canary(aws, plan)


def deploy_chaos(aws: Aws, plan: Plan) -> None:
    Deployment(aws, plan).deploy_experiments()
    for stack in plan.experiments:
        template = deployed_outputs(aws, stack)["ExperimentTemplateId"]
        console.info(
            f"aws fis start-experiment --region {stack.region} --experiment-template-id {template}"
        )


def destroy_chaos(aws: Aws, plan: Plan) -> None:
    run_parallel(*(partial(stacks.delete, aws, stack) for stack in plan.experiments))


def destroy_all(aws: Aws, plan: Plan, confirmation: str) -> None:
    """Destroy everything if the confirmation, or else the operator, names the ENV."""
    teardown = Teardown(aws, plan)
    regions = " and ".join(plan.settings.regions)
    console.info(f"{teardown.running_count()} files are in flight in {regions}")
    _confirm(plan.env or EMPTY, confirmation)
    teardown.run()
    console.info(
        "Done. Not deleted: SAM's bucket and API Gateway's log role in each Region, which other "
        "deployments may use; and each topic's key, which KMS deletes after seven days."
    )


def _confirm(name: str, confirmation: str) -> None:
    """Raises DeployError unless the ENV is named."""
    try:
        answer = confirmation or input(
            f"Delete all stacks and buckets of this ENV, with all data? Type {name} to do so: "
        )
    except EOFError:
        raise DeployError(
            f"Nothing was deleted: nobody is there to answer. A script answers with CONFIRM={name}."
        ) from None
    if answer.strip() != name:
        raise DeployError(f"Nothing was deleted: {answer!r} is not {name!r}.")


def print_mrap_arn(aws: Aws, plan: Plan) -> None:
    print(deployed_outputs(aws, plan.shared)["MrapArn"])


def print_settings(aws: Aws, plan: Plan) -> None:
    """Print what is deployed where, as NAME=value lines for scripts."""
    print(f"ENV={plan.env}")
    print(f"PRIMARY_REGION={plan.settings.primary_region}")
    print(f"SECONDARY_REGION={plan.settings.secondary_region}")
    print(f"MRAP_ARN={deployed_outputs(aws, plan.shared)['MrapArn']}")
