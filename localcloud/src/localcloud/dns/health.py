"""Health checks of routing controls, which moto does not know; there are no others."""

import logging
import uuid
from functools import partial
from typing import Any

from botocore import xform_name
from moto.route53.models import HealthCheck, Route53Backend, route53_backends

from localcloud.arc import Arc
from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.service import Service
from localcloud.settings import ACCOUNT_ID

log = logging.getLogger(__name__)
_invalid = partial(ApiError, "InvalidInput", status=400)
_MEMBERS = {"Type", "RoutingControlArn", "Inverted", "Disabled"}


class RoutingControlCheck(HealthCheck):
    """A health check with a RoutingControlArn; moto's lacks it, and has a port."""

    def __init__(self, check_id: str, caller_reference: str, config: dict[str, Any]) -> None:
        args: dict[str, Any] = {"type": "RECOVERY_CONTROL"}
        args |= {name.lower(): config.get(name) for name in ("Inverted", "Disabled")}
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

    def __init__(self, arc: Arc, propagation: float) -> None:
        self._arc = arc
        self.propagation = propagation

    @property
    def backend(self) -> Route53Backend:
        """Take ``service_lock("route53")`` around its use."""
        return route53_backends[ACCOUNT_ID]["aws"]

    def control_exists(self, arn: str) -> bool:
        return self._arc.agreed_state(arn) is not None

    def get(self, check_id: str) -> Any:
        if check := self.backend.health_checks.get(check_id):
            return check
        raise ApiError("NoSuchHealthCheck", f"No health check exists with the id {check_id}")

    def is_healthy(self, check_id: str) -> bool:
        """Whether DNS considers a health check healthy.

        "After you disable a health check, Route 53 considers it always healthy", or never if it is
        inverted.
        """
        with service_lock("route53"):
            check: Any = self.backend.health_checks.get(check_id)
        if check is None:
            # AWS: "the future status of the health check can't be predicted".
            log.warning("a record names a health check that was deleted", extra={"id": check_id})
            return True
        state = self._arc.agreed_state(check.routing_control_arn, self.propagation)
        return bool(check.disabled or state == "On") != bool(check.inverted)


class HealthCheckApi(Service):
    def __init__(self, health: HealthChecks) -> None:
        self._health = health
        # CallerReference → id and configuration; kept after deletion, as AWS keeps it.
        self._by_reference: dict[str, tuple[str, dict[str, Any]]] = {}

    def create_health_check(self, _call: Call, **params: Any) -> dict[str, Any]:
        config = params["HealthCheckConfig"]
        reference = params["CallerReference"]
        with service_lock("route53"):
            if existing := self._by_reference.get(reference):
                return self._existing(reference, config, *existing)
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
            message = f"A health check with the caller reference {reference} already exists."
            raise ApiError("HealthCheckAlreadyExists", message)
        return _created(check)

    def _check(self, config: dict[str, Any]) -> None:
        if extra := sorted(set(config) - _MEMBERS):
            raise _invalid(f"{extra[0]} is not allowed with the type RECOVERY_CONTROL")
        arn = config.get("RoutingControlArn")
        if not arn:
            raise _invalid("RoutingControlArn is required with the type RECOVERY_CONTROL")
        if not self._health.control_exists(arn):
            raise _invalid(f"The routing control {arn} does not exist")

    def update_health_check(self, _call: Call, **params: Any) -> dict[str, Any]:
        """A check can be inverted and disabled, but not moved to another routing control."""
        with service_lock("route53"):
            check = self._health.get(params["HealthCheckId"])
            update = {k: v for k, v in params.items() if k != "HealthCheckId" and v is not None}
            version = update.pop("HealthCheckVersion", check.health_check_version)
            if version != check.health_check_version:
                message = f"The version is {check.health_check_version}"
                raise ApiError("HealthCheckVersionMismatch", message)
            if extra := sorted(set(update) - {"Inverted", "Disabled"}):
                raise _invalid(f"{extra[0]} cannot be set with the type RECOVERY_CONTROL")
            check.inverted = update.get("Inverted", check.inverted)
            check.disabled = update.get("Disabled", check.disabled)
            check.health_check_version += 1
            return _view(check)

    def delete_health_check(self, call: Call, **params: Any) -> Response:
        with service_lock("route53"):
            self._health.get(params["HealthCheckId"])
            return moto_bridge.dispatch(call)


def _created(check: HealthCheck) -> dict[str, Any]:
    location = f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check.id}"
    return _view(check) | {"Location": location}


def view(resource: Any, *members: str) -> dict[str, Any]:
    """Return ``members`` of one of moto's resources, whose attributes are named as Python does."""
    return {member: getattr(resource, xform_name(member)) for member in members}


def _view(check: HealthCheck) -> dict[str, Any]:
    members = view(check, "CallerReference", "HealthCheckConfig", "HealthCheckVersion")
    return {"HealthCheck": members | {"Id": check.id}}
