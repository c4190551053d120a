"""botocore's models of the services, each read once in a process, for its clients and for moto.

Reading them is most of the cost of a client, and they would be most of what a process holds.
"""

import threading
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import boto3.session
import botocore.loaders
import botocore.session
import moto.core.base_backend
import moto.core.loaders
import moto.core.utils
from moto.core.model import OperationModel, ServiceModel


class _Files(botocore.loaders.Loader):
    """Reads a file once, even if several threads ask for it at the same time."""

    _lock = threading.RLock()

    def load_data_with_path(self, name: str) -> Any:
        with self._lock:
            return super().load_data_with_path(name)


_DATA = [str(Path(botocore.loaders.__file__).parent / "data")]
_FILES = _Files(_DATA, include_default_extras=False)


class _SharedModels(botocore.loaders.Loader):
    """Models with the additions of a loader, which share the shapes that have none."""

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        model = _FILES.load_service_model(service_name, type_name, api_version)
        version = api_version or _FILES.determine_latest_version(service_name, type_name)
        if "operations" in model:  # botocore's S3 client changes the URLs in its own
            model = model | {"operations": deepcopy(model["operations"])}
        for extras in self._find_extras(service_name, type_name, version):  # type: ignore[attr-defined]  # not in its stub
            model = _merged(model, extras["merge"])
        return model


class _MotoModels(_SharedModels, moto.core.loaders.Loader):
    pass


MODELS = _SharedModels(_DATA)


def _merged(model: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    """As botocore's ``deep_merge``, which would change ``model``."""
    return model | {
        key: _merged(model[key], value) if key in model and isinstance(value, dict) else value
        for key, value in extras.items()
    }


def new_session() -> botocore.session.Session:
    """A session with these models."""
    session = botocore.session.Session()
    session.register_component("data_loader", MODELS)
    return session


@cache
def moto_session() -> boto3.session.Session:
    """The session that moto asks for Regions, which makes it read whole models."""
    return boto3.session.Session(botocore_session=new_session())


def share_with_moto() -> None:
    """From now on moto takes these models, in the whole process."""
    loader = _MotoModels(extra_search_paths=[moto.core.loaders.moto_root])
    vars(moto.core.utils)["create_loader"] = lambda: loader
    vars(moto.core.base_backend)["Session"] = moto_session


_operation_model = ServiceModel.operation_model
_operations_lock = threading.RLock()


def make_operations_in_one_thread() -> None:
    """Let threads wait for the operation that another one makes.

    moto makes its own out of botocore's, which the cache of both has meanwhile.
    """

    def operation_model(model: ServiceModel, operation_name: str) -> OperationModel:
        with _operations_lock:
            operation: OperationModel = _operation_model(model, operation_name)
            return operation

    ServiceModel.operation_model = operation_model  # type: ignore[method-assign]  # a patch of moto


def leave_documentation_out() -> None:
    """From now on models are read as plain dictionaries, with empty texts for people."""
    vars(botocore.loaders)["OrderedDict"] = _without_documentation  # the hook of their JSON


def _without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """botocore wants some of the texts to be there, if only empty."""
    return {
        key: "" if key == "documentation" and type(value) is str else value for key, value in pairs
    }
