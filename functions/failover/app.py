"""Steps of the runbook: makes its own Region the active one, and sends traffic there."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.activation import Activation
from common.handler import lambda_handler
from common.observability import logger
from common.runbook_steps import record_done
from common.state_table import StateTable
from failover.access_point_routes import send_traffic_to
from failover.arc_cluster import ArcCluster, parse_endpoints
from failover.routing_controls import SwitchResult, set_controls

DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """Endpoints are `region=url,…`, so that none is looked up. Lambda itself gives AWS_REGION."""

    cluster_endpoints: str
    own_control_arn: str
    peer_control_arn: str
    state_table: str
    peer_region: str
    mrap_arn: str
    aws_region: str


class TrafficResult(TypedDict):
    """The Regions that the access point now sends requests to; none if nothing was changed."""

    traffic: list[str]
    endpoint: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> SwitchResult | TrafficResult:
    """`{"traffic": "this-region" | "both-regions" | "unchanged"}` → where uploads and downloads go.

    `{"runbook": execution}` → `{"region", "changed", "endpoint"}`: it does not matter which Region
    is active, the controls are set and never toggled. When this Region became active is noted,
    since its first mails have to wait for the fence.
    Raises QuorumUnreachable, SwitchRefused, ActivationNotNoted or RoutesNotChanged.
    """
    return (
        _send_traffic(event["traffic"], settings)
        if "traffic" in event
        else _switch(event, settings)
    )


def _switch(event: dict[str, Any], settings: Settings) -> SwitchResult:
    cluster = ArcCluster(parse_endpoints(settings.cluster_endpoints))
    states = {settings.own_control_arn: "On", settings.peer_control_arn: "Off"}
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    activation = Activation(state)
    result = set_controls(cluster, settings.aws_region, states, activation.begin)
    activation.finish()
    record_done(state, "Failover", event)
    logger.info("This Region is active", changed=result["changed"], endpoint=result["endpoint"])
    return result


def _send_traffic(target: str, settings: Settings) -> TrafficResult:
    both = [settings.aws_region, settings.peer_region]
    if target == "unchanged":
        return {"traffic": [], "endpoint": ""}
    regions = {"this-region": both[:1], "both-regions": both}[target]
    others = [region for region in both if region not in regions]
    endpoint = send_traffic_to(settings.mrap_arn, regions, others)
    logger.info("The access point sends requests to", regions=regions, endpoint=endpoint)
    return {"traffic": regions, "endpoint": endpoint}
