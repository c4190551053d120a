"""Health checks of type RECOVERY_CONTROL, which moto does not know, and CALCULATED."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.route53.models import HealthCheck

from localcloud.dns.health import HealthChecks, RoutingControlCheck
from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.service import Service

_MEMBERS = {"Type", "RoutingControlArn", "Inverted", "Disabled"}
# Health checkers report from these Regions, unless told otherwise.
_CHECKER_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


class HealthCheckApi(Service):
    def __init__(self, health: HealthChecks) -> None:
        self._health = health
        # CallerReference → id and configuration; kept after deletion, as AWS keeps it.
        self._by_reference: dict[str, tuple[str, dict[str, Any]]] = {}

    def create_health_check(self, call: Call, **params: Any) -> Response | dict[str, Any]:
        config = params["HealthCheckConfig"]
        reference = params["CallerReference"]
        with service_lock("route53"):
            if existing := self._by_reference.get(reference):
                return self._existing(reference, config, *existing)
        if config["Type"] == "CALCULATED":
            return moto_bridge.dispatch(call)
        if config["Type"] != "RECOVERY_CONTROL":
            raise not_emulated(f"health checks of type {config['Type']}")
        self._check(config)
        with service_lock("route53"):
            check = RoutingControlCheck(str(uuid.uuid4()), reference, config)  # type: ignore[abstract]  # moto makes them so too
            self._health.backend.health_checks[check.id] = check
            self._by_reference[reference] = check.id, config
            return _created(check)

    def _existing(
        self, reference: str, config: dict[str, Any], check_id: str, first: dict[str, Any]
    ) -> dict[str, Any]:
        """Raise HealthCheckAlreadyExists for other values, or if the check was deleted."""
        check = self._health.backend.health_checks.get(check_id)
        if check is None or first != config:
            raise ApiError(
                "HealthCheckAlreadyExists",
                f"A health check with the caller reference {reference} already exists.",
            )
        return _created(check)

    def _check(self, config: dict[str, Any]) -> None:
        if extra := sorted(set(config) - _MEMBERS):
            raise _invalid(f"{extra[0]} is not allowed with the type RECOVERY_CONTROL")
        arn = config.get("RoutingControlArn")
        if not arn:
            raise _invalid("RoutingControlArn is required with the type RECOVERY_CONTROL")
        if not self._health.control_exists(arn):
            raise _invalid(f"The routing control {arn} does not exist")

    def update_health_check(self, call: Call, **params: Any) -> Response | dict[str, Any]:
        """A check can be inverted and disabled, but not moved to another routing control."""
        with service_lock("route53"):
            check = self._health.get(params["HealthCheckId"])
            if not isinstance(check, RoutingControlCheck):
                return moto_bridge.dispatch(call)
            update = {k: v for k, v in params.items() if k != "HealthCheckId" and v is not None}
            version = update.pop("HealthCheckVersion", check.health_check_version)
            if version != check.health_check_version:
                raise ApiError(
                    "HealthCheckVersionMismatch", f"The version is {check.health_check_version}"
                )
            if extra := sorted(set(update) - {"Inverted", "Disabled"}):
                raise _invalid(f"{extra[0]} cannot be set with the type RECOVERY_CONTROL")
            check.inverted = update.get("Inverted", check.inverted)
            check.disabled = update.get("Disabled", check.disabled)
            check.health_check_version += 1
            return {"HealthCheck": _view(check)}

    def delete_health_check(self, call: Call, **params: Any) -> Response:
        with service_lock("route53"):
            self._health.get(params["HealthCheckId"])
            return moto_bridge.dispatch(call)

    def get_health_check_status(self, _call: Call, **params: Any) -> dict[str, Any]:
        with service_lock("route53"):
            check = self._health.get(params["HealthCheckId"])
        if not isinstance(check, RoutingControlCheck):
            # "You can't use GetHealthCheckStatus to get the status of a calculated health check."
            raise _invalid("A calculated health check has no status of its own")
        word = "Success" if self._health.is_healthy(check.id) else "Failure"
        report = {
            "Status": f"{word}: routing control {check.routing_control_arn}",
            "CheckedTime": utcnow(),
        }
        return {
            "HealthCheckObservations": [
                {"Region": region, "StatusReport": report} for region in _CHECKER_REGIONS
            ]
        }


def _created(check: HealthCheck) -> dict[str, Any]:
    location = f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check.id}"
    return {"HealthCheck": _view(check), "Location": location}


def _view(check: HealthCheck) -> dict[str, Any]:
    return {
        "Id": check.id,
        "CallerReference": check.caller_reference,
        "HealthCheckConfig": check.health_check_config,
        "HealthCheckVersion": check.health_check_version,
    }


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidInput", message, 400)
