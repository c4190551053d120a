"""Health checks: those of routing controls, and those calculated from others."""

from __future__ import annotations

import logging
from typing import Any

from moto.route53.models import HealthCheck, Route53Backend, route53_backends

from localcloud.arc import Arc
from localcloud.gateway.errors import ApiError
from localcloud.gateway.moto_bridge import service_lock

log = logging.getLogger(__name__)


class RoutingControlCheck(HealthCheck):
    """A health check with a RoutingControlArn; moto's lacks it, and has a port."""

    def __init__(self, check_id: str, caller_reference: str, config: dict[str, Any]) -> None:
        args = {
            "type": "RECOVERY_CONTROL",
            "inverted": config.get("Inverted"),
            "disabled": config.get("Disabled"),
        }
        super().__init__(check_id, caller_reference, args)
        self.routing_control_arn: str = config["RoutingControlArn"]

    @property
    def health_check_config(self) -> dict[str, Any]:
        return {
            "Type": self.type_,
            "Inverted": self.inverted,
            "Disabled": self.disabled,
            "RoutingControlArn": self.routing_control_arn,
        }


class HealthChecks:
    """``propagation``: AWS seconds in which DNS still answers by the old state of a control."""

    def __init__(self, arc: Arc, account_id: str, propagation: float) -> None:
        self._arc = arc
        self._account_id = account_id
        self.propagation = propagation

    @property
    def backend(self) -> Route53Backend:
        """Take ``service_lock("route53")`` around its use."""
        return route53_backends[self._account_id]["aws"]

    def control_exists(self, arn: str) -> bool:
        return self._arc.agreed_state(arn) is not None

    def ids_for_control(self, arn: str) -> list[str]:
        return [
            check.id
            for check in list(self.backend.health_checks.values())
            if isinstance(check, RoutingControlCheck) and check.routing_control_arn == arn
        ]

    def get(self, check_id: str) -> HealthCheck:
        if check := self.backend.health_checks.get(check_id):
            return check
        raise ApiError("NoSuchHealthCheck", f"No health check exists with the id {check_id}")

    def is_healthy(self, check_id: str) -> bool:
        """Whether DNS considers a health check healthy.

        "After you disable a health check, Route 53 considers it always healthy", or never if it is
        inverted.
        """
        with service_lock("route53"):
            check = self.backend.health_checks.get(check_id)
        if check is None:
            # AWS: "the future status of the health check can't be predicted".
            log.warning("a record names a health check that was deleted", extra={"id": check_id})
            return True
        healthy = True if check.disabled else self._evaluate(check)
        return healthy != bool(check.inverted)

    def _evaluate(self, check: HealthCheck) -> bool:
        if isinstance(check, RoutingControlCheck):
            return self._arc.agreed_state(check.routing_control_arn, self.propagation) == "On"
        children = check.children or []
        return sum(self.is_healthy(child) for child in children) >= (check.health_threshold or 0)
