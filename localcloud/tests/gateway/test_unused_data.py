"""Data that no emulated operation has use for takes no memory."""

from __future__ import annotations

from moto.core.utils import get_service_model
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES
from moto.utilities.utils import load_resource

from localcloud.gateway.clients import MODELS
from localcloud.gateway.vouched import VOUCHED


def test_instance_types_are_not_read() -> None:
    assert INSTANCE_TYPES == {}
    offerings = [of for regions in INSTANCE_TYPE_OFFERINGS.values() for of in regions.values()]
    assert offerings
    assert not any(offerings)


def test_no_operation_that_would_need_them_is_vouched_for() -> None:
    assert not {name for name in VOUCHED["ec2"] if "Instance" in name}


def test_moto_reads_everything_else() -> None:
    assert load_resource("ec2/resources/amis.json")


def test_models_have_no_documentation_and_are_whole_otherwise() -> None:
    model = MODELS.load_service_model("kms", "service-2")
    assert type(model["shapes"]) is dict
    assert model["operations"]["CreateKey"]["documentation"] == ""
    assert model["operations"]["CreateKey"]["output"] == {"shape": "CreateKeyResponse"}
    assert get_service_model("kms").operation_model("CreateKey").documentation == ""
