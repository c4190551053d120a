"""First step of the runbook: makes the Region that it runs in the active one."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common.observability import logger
from common.ready import answers_check
from common.settings import load
from failover.arc_cluster import Cluster, parse_endpoints
from failover.routing_controls import Switched, make_active


@dataclass(frozen=True)
class Settings:
    """Endpoints as `region=url,…`: nothing is looked up. AWS_REGION is Lambda's own."""

    cluster_endpoints: str
    own_control_arn: str
    peer_control_arn: str
    aws_region: str


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(_event: dict[str, Any], _context: LambdaContext) -> Switched:
    """Anything → `{"region", "changed", "endpoint"}`; raises QuorumUnreachable or SwitchRefused.

    Which Region becomes active does not depend on which one is: to run it again changes nothing.
    """
    given = settings()
    cluster = Cluster(parse_endpoints(given.cluster_endpoints))
    wanted = {given.own_control_arn: "On", given.peer_control_arn: "Off"}
    done = make_active(cluster, given.aws_region, wanted)
    logger.info("This Region is active", changed=done["changed"], endpoint=done["endpoint"])
    return done
