"""Imports moto's EC2 without what takes 100 MiB and half a second.

That is the data of instance types and images, of which no emulated operation has use, and the model
of EC2 four times, once for each list of Regions.
"""

import importlib
from typing import Any

import boto3
from moto.utilities import utils

from localcloud.gateway.models import moto_session

_UNUSED = ("instance_type", "amis")


def import_moto_ec2() -> None:
    """Without effect if it is imported already."""
    load, session = utils.load_resource, boto3.Session

    def load_other(resource: str) -> Any:
        return {} if any(name in resource for name in _UNUSED) else load(resource)

    utils.load_resource = load_other
    boto3.Session = moto_session  # type: ignore[assignment, misc]  # for a moment
    try:
        importlib.import_module("moto.ec2")
    finally:
        utils.load_resource, boto3.Session = load, session  # type: ignore[misc]  # as it was
