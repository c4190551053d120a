"""AWS's public parameters, of which moto makes 53,000 for each Region that is asked for one.

Here it makes those at and below the path that was asked for.
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
"""

from functools import reduce
from typing import Any

from moto.core.utils import utcnow
from moto.ssm.models import Parameter, ParameterDict
from moto.ssm.utils import convert_to_params
from moto.utilities.utils import load_resource

_ROOT = "/aws/service/global-infrastructure/"
_FILES = {"regions": "ssm/resources/regions.json", "services": "ssm/resources/services.json"}
_check_loading_status = ParameterDict._check_loading_status


def make_only_what_is_asked_for() -> None:
    """From now on, in the whole process."""
    ParameterDict._check_loading_status = _check  # type: ignore[method-assign]  # a patch, see above


def _check(self: ParameterDict, key: str) -> None:
    path = str(key or "").rstrip("/")
    file = _FILES.get(path.removeprefix(_ROOT).split("/")[0]) if path.startswith(_ROOT) else None
    if file is None:
        _check_loading_status(self, key)
        return
    loaded: set[str] = self.__dict__.setdefault("paths_made", set())
    if not any(f"{path}/".startswith(f"{other}/") for other in loaded):
        loaded.add(path)
        _make(self, path, load_resource(file))


def _make(parameters: ParameterDict, path: str, tree: dict[str, Any]) -> None:
    """Make those of the tree at and below the path, which need not exist."""
    below = reduce(lambda node, name: node.get(name, {}), path.strip("/").split("/"), tree)
    for item in convert_to_params(below):
        name = path + item["Name"]
        if name not in parameters.keys():  # noqa: SIM118 - moto's own `in` would come here again
            parameters.setdefault(name, []).append(_parameter(parameters, name, item["Value"]))


def _parameter(parameters: ParameterDict, name: str, value: str) -> Parameter:
    """As moto makes it."""
    return Parameter(  # type: ignore[abstract]  # as for moto, which does so
        account_id=parameters.account_id,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=utcnow(),
        version=1,
        data_type="text",
    )
