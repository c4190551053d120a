"""Route 53: private hosted zones that answer, and health checks that follow routing controls.

moto keeps zones and records. Install after ``arc``.
"""

from localcloud.arc import Arc
from localcloud.cloud import Cloud
from localcloud.dns.health import HealthChecks
from localcloud.dns.resolver import VpcResolver
from localcloud.dns.route53_api import Route53
from localcloud.dns.server import DnsServer

__all__ = ["DnsServer", "HealthChecks", "VpcResolver", "install"]

# How long name servers still answer by the old state of a control. AWS says "a few seconds".
PROPAGATION_SECONDS = 2.0


def install(cloud: Cloud, propagation: float = PROPAGATION_SECONDS) -> None:
    health = HealthChecks(cloud.get(Arc), propagation)
    resolver = VpcResolver(health, cloud.clock)
    server = DnsServer(resolver)
    for part in (health, resolver, server):
        cloud.add(part)
    cloud.on_close(server.close)
    cloud.gateway.register(Route53.service, Route53(health))
