"""Steps of the runbook: makes its own Region the active one, and sends traffic there."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.activation import Activation
from common.handler import lambda_handler
from common.observability import logger
from common.routing_note import RoutingNote, note_routing
from common.runbook_steps import record_done
from common.state_table import StateTable
from failover.access_point_routes import send_traffic_to
from failover.arc_cluster import ArcCluster, parse_endpoints
from failover.routing_controls import SwitchResult, have_states, set_controls

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


class UnknownEvent(Exception):
    """The event does not say what to do."""


class TrafficResult(TypedDict):
    """The Regions that the access point now sends requests to; none if nothing was changed."""

    traffic: list[str]
    endpoint: str


@lambda_handler(Settings)
def handler(
    event: dict[str, Any], settings: Settings
) -> SwitchResult | TrafficResult | RoutingNote:
    """`{"look": true}` → whether the controls make this Region active, which is noted as well.

    `{"traffic": "this-region" | "both-regions" | "unchanged"}` → where uploads and downloads go.

    `{"runbook": execution}` → `{"region", "changed", "endpoint"}`: it does not matter which Region
    is active, the controls are set and never toggled. When this Region became active is noted,
    since its first mails have to wait for the fence.
    Raises QuorumUnreachable, SwitchRefused, ActivationNotNoted, RoutesNotChanged, UnknownEvent.
    """
    if "look" in event:
        return _look(settings)
    if "traffic" in event:
        return _send_traffic(event["traffic"], settings)
    if "runbook" in event:
        return _switch(event, settings)
    raise UnknownEvent("an event names `runbook`, `traffic` or `look`; nothing was changed")


def _look(settings: Settings) -> RoutingNote:
    is_active = have_states(_cluster(settings), _states(settings))
    return note_routing(_state(settings), is_active=is_active)


def _switch(event: dict[str, Any], settings: Settings) -> SwitchResult:
    state = _state(settings)
    activation = Activation(state)
    result = set_controls(
        _cluster(settings), settings.aws_region, _states(settings), activation.begin
    )
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


def _cluster(settings: Settings) -> ArcCluster:
    return ArcCluster(parse_endpoints(settings.cluster_endpoints))


def _states(settings: Settings) -> dict[str, str]:
    """The states that make this Region the active one."""
    return {settings.own_control_arn: "On", settings.peer_control_arn: "Off"}


def _state(settings: Settings) -> StateTable:
    return StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
