"""Keeps moto and botocore from holding data that nothing here has use for, in the whole process.

They read much more than they need: a process takes a hundred MiB less without it.
"""

import importlib
from typing import Any

import botocore.loaders
from moto.utilities import utils


def import_ec2_without_instance_types() -> None:
    """Import moto's EC2, which reads the data of all types at once. Too late if it is imported."""
    load = utils.load_resource

    def load_other(resource: str) -> Any:
        return {} if "instance_type" in resource else load(resource)

    utils.load_resource = load_other
    try:
        importlib.import_module("moto.ec2.models.instance_types")
    finally:
        utils.load_resource = load


def load_models_without_documentation() -> None:
    """Read botocore's models as plain dictionaries, with empty texts for people."""
    vars(botocore.loaders)["OrderedDict"] = _without_documentation  # the hook of its JSON


def _without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """botocore wants some of the texts to be there, if only empty."""
    return {
        key: "" if key == "documentation" and type(value) is str else value for key, value in pairs
    }
