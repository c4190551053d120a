"""Data that no emulated operation has use for takes no memory."""

from __future__ import annotations

import threading
from typing import Any

import moto.core.model
import pytest
from botocore.loaders import Loader
from moto.core.base_backend import AccountSpecificBackend
from moto.core.loaders import Loader as MotoLoader
from moto.core.loaders import moto_root
from moto.core.model import OperationModel, ServiceModel
from moto.core.utils import _load_service_model as load_for_moto
from moto.core.utils import get_service_model
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import AMIS
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES
from moto.utilities.utils import load_resource

from localcloud.gateway.models import MODELS, new_session
from localcloud.gateway.vouched import VOUCHED
from localcloud.settings import ACCOUNT_ID


def test_instance_types_are_not_read() -> None:
    assert INSTANCE_TYPES == {}
    offerings = [of for regions in INSTANCE_TYPE_OFFERINGS.values() for of in regions.values()]
    assert offerings
    assert not any(offerings)


def test_images_are_not_read() -> None:
    assert not AMIS
    assert not ec2_backends[ACCOUNT_ID]["us-east-1"].amis


def test_no_operation_that_would_need_them_is_vouched_for() -> None:
    assert not {name for name in VOUCHED["ec2"] if "Instance" in name or "Image" in name}


def test_moto_reads_everything_else() -> None:
    assert load_resource("ssm/resources/regions.json")


def test_models_have_no_documentation_and_are_whole_otherwise() -> None:
    model = MODELS.load_service_model("kms", "service-2")
    assert type(model["shapes"]) is dict
    assert model["operations"]["CreateKey"]["documentation"] == ""
    assert model["operations"]["CreateKey"]["output"] == {"shape": "CreateKeyResponse"}
    assert get_service_model("kms").operation_model("CreateKey").documentation == ""


@pytest.mark.parametrize("service", ["ec2", "kms", "route53", "s3", "s3control", "sesv2", "sqs"])
def test_clients_and_moto_have_the_models_that_their_own_loaders_would_read(service: str) -> None:
    motos = MotoLoader(extra_search_paths=[moto_root])
    assert load_for_moto(service, "service-2") == motos.load_service_model(service, "service-2")
    model = MODELS.load_service_model(service, "service-2")
    assert model == Loader().load_service_model(service, "service-2")


def test_clients_and_moto_share_the_shapes_that_moto_leaves_as_they_are() -> None:
    shapes = MODELS.load_service_model("ec2", "service-2")["shapes"]
    motos = load_for_moto("ec2", "service-2")["shapes"]
    assert motos["Vpc"] is shapes["Vpc"]
    assert motos.keys() - shapes.keys() == {"AuthFailure", "DryRunOperation"}


def test_a_client_that_changes_its_model_leaves_that_of_moto_as_it_is() -> None:
    session = new_session()
    session.set_credentials("AKIA", "secret")
    s3: Any = session.create_client("s3", "us-east-1")
    s3.generate_presigned_url("list_objects_v2", {"Bucket": "b"})

    def uri(model: Any) -> str:
        return str(model["operations"]["ListObjectsV2"]["http"]["requestUri"])

    assert uri(s3.meta.service_model._service_description) == "?list-type=2"
    assert uri(load_for_moto("s3", "service-2")) == "/{Bucket}?list-type=2"


def test_moto_asks_the_same_models_for_regions() -> None:
    assert AccountSpecificBackend.get_session()._session.get_component("data_loader") is MODELS


def test_a_thread_gets_motos_operation_though_another_one_is_about_to_make_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When moto's is made, the cache has botocore's, which has less."""
    model = ServiceModel(load_for_moto("kms", "service-2"), "kms")
    operations: list[OperationModel] = []
    other = threading.Thread(target=lambda: operations.append(model.operation_model("CreateKey")))

    def make(*arguments: Any) -> OperationModel:
        other.start()
        other.join(0.2)  # it waits for this one
        return OperationModel(*arguments)

    monkeypatch.setattr(moto.core.model, "OperationModel", make)
    operations.append(model.operation_model("CreateKey"))
    other.join()
    assert [type(operation) for operation in operations] == [OperationModel, OperationModel]
