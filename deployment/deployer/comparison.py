"""Compares what is there with what should be, where CloudFormation does not look.

A stack that needs no change says nothing about its resources: they may have been changed past it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, active_region
from .aws import Aws
from .bucket_wiring import BucketWiring
from .errors import DeployError
from .parallel import run_parallel
from .plan import GLOBAL_REGION, Plan, Stack
from .routing_controls import RoutingControls
from .stack_info import deployed_outputs, stack_resources

Comparison = Callable[[], Iterable[str]]


def compare(aws: Aws, plan: Plan) -> None:
    """Raise DeployError with everything that differs."""
    comparisons: list[Comparison] = [
        *(partial(_compare_bucket, aws, wiring) for wiring in bucket_wirings(aws, plan)),
        *(partial(_compare_application, aws, stack) for stack in (plan.primary, plan.standby)),
        partial(_compare_active_region, aws, plan),
        partial(_compare_health_check, aws, plan),
    ]
    jobs = [lambda comparison=comparison: list(comparison()) for comparison in comparisons]
    differences = [text for texts in run_parallel(*jobs) for text in texts]
    if differences:
        raise DeployError(
            f"FAILED: not everything is as it should be. {'. '.join(differences)}. make deploy "
            "corrects the configuration of the buckets, make failover the routing controls. "
            "Anything else was changed by hand: change it back, and run make verify."
        )
    console.info(
        "notifications, replication, event rules, alarms, DNS and controls are as deployed"
    )


def bucket_wirings(aws: Aws, plan: Plan) -> list[BucketWiring]:
    """The buckets of the primary and of the secondary, as they should be connected."""
    foundations = [deployed_outputs(aws, stack) for stack in plan.foundations]
    triggers = [
        deployed_outputs(aws, stack)["TriggerFunctionArn"] for stack in (plan.primary, plan.standby)
    ]
    return [
        BucketWiring(region, own["BucketName"], peer["BucketArn"], trigger)
        for region, own, peer, trigger in zip(
            plan.settings.regions, foundations, reversed(foundations), triggers, strict=True
        )
    ]


def _compare_bucket(aws: Aws, wiring: BucketWiring) -> Iterator[str]:
    texts = wiring.notification_difference(aws), wiring.replication_difference(aws)
    yield from filter(None, texts)


def _compare_application(aws: Aws, stack: Stack) -> Iterator[str]:
    """Every rule is on and has a target; every alarm may ring."""
    resources = list(stack_resources(aws, stack.region, stack.name))
    for resource in resources:
        if resource.type == "AWS::Events::Rule":
            yield from _compare_rule(aws, stack.region, resource.physical_id)
    names = [r.physical_id for r in resources if r.type == "AWS::CloudWatch::Alarm"]
    if not names:
        return
    cloudwatch = aws.client("cloudwatch", stack.region)
    for page in cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=names):
        for alarm in page["MetricAlarms"]:
            if not alarm["ActionsEnabled"]:
                yield f"the alarm {alarm['AlarmName']} in {stack.region} tells nobody"


def _compare_rule(aws: Aws, region: str, rule: str) -> Iterator[str]:
    name, events = rule.rpartition("|")[2], aws.client("events", region)
    if (state := events.describe_rule(Name=name)["State"]) != "ENABLED":
        yield f"the rule {name} in {region} is {state}"
    if not events.list_targets_by_rule(Rule=name)["Targets"]:
        yield f"the rule {name} in {region} has no target"


def _compare_active_region(aws: Aws, plan: Plan) -> Iterator[str]:
    """One control is On, and both Regions' functions see its Region."""
    controls = RoutingControls(aws, deployed_outputs(aws, plan.shared))
    try:
        active = controls.active_region(plan.settings.regions)
    except DeployError as error:
        yield str(error).removeprefix("FAILED: ").rstrip(".")
        return
    for region in plan.settings.regions:
        try:
            answer = active_region(aws, plan, region)
        except (FunctionFailed, BotoCoreError, ClientError) as error:
            answer = str(error)
        if answer != active:
            yield f"{active} is active by ARC, but in {region} DNS answers {answer!r}"


def _compare_health_check(aws: Aws, plan: Plan) -> Iterator[str]:
    """DNS follows ARC by it only while it is neither disabled nor inverted."""
    route53 = aws.client("route53", GLOBAL_REGION)
    for resource in stack_resources(aws, plan.shared.region, plan.shared.name):
        if resource.type != "AWS::Route53::HealthCheck":
            continue
        response = route53.get_health_check(HealthCheckId=resource.physical_id)
        config = response["HealthCheck"]["HealthCheckConfig"]
        for word in ("Disabled", "Inverted"):
            if config.get(word):
                yield f"the health check {resource.physical_id} is {word.lower()}"
