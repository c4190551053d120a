"""DescribeVpcEndpointServices: what moto's list lacks, and filters of more than one value."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCBackend

# The API of SES has had its endpoint only since moto's list was made.
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
_NEWER = ("email",)

_filter = VPCBackend._filter_endpoint_services


def complete() -> None:
    """Once in a process is enough; again changes nothing."""
    AWS_ENDPOINT_SERVICES.extend(name for name in _NEWER if name not in AWS_ENDPOINT_SERVICES)
    VPCBackend._filter_endpoint_services = staticmethod(_filtered)  # type: ignore[assignment]  # moto's is untyped


def _filtered(
    names: list[str], filters: list[dict[str, Any]], services: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """moto looks for ``Value``, but its parser gives ``Values`` where the model has it so."""
    known = [
        {"Name": one["Name"], "Value": one.get("Value") or one.get("Values", [])} for one in filters
    ]
    return list(_filter(names, known, services))
