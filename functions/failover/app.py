"""First step of the runbook: makes the Region that it runs in the active one."""

from dataclasses import dataclass
from typing import Any

from common import aws
from common.activation import Activation
from common.handler import lambda_handler
from common.observability import logger
from common.state_table import StateTable
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
    aws_region: str


@lambda_handler(Settings)
def handler(_event: dict[str, Any], settings: Settings) -> SwitchResult:
    """Anything → `{"region", "changed", "endpoint"}`.

    It does not matter which Region is active: the controls are set and never toggled. When this
    Region became active is noted, since its first mails have to wait for the fence. Raises
    QuorumUnreachable, SwitchRefused or ActivationNotNoted.
    """
    cluster = ArcCluster(parse_endpoints(settings.cluster_endpoints))
    states = {settings.own_control_arn: "On", settings.peer_control_arn: "Off"}
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    activation = Activation(state)
    result = set_controls(cluster, settings.aws_region, states, activation.begin)
    activation.finish()
    logger.info("This Region is active", changed=result["changed"], endpoint=result["endpoint"])
    return result
