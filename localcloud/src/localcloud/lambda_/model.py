"""What Lambda keeps: functions with their versions, aliases and policies, and layers, by Region."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.lambda_.names import LATEST, FunctionRef, function_arn, parse_layer_version


@dataclass(frozen=True)
class Version:
    """A function's code and configuration at one time; never changed, only replaced.

    ``configuration`` has the shape of the API's FunctionConfiguration. ``folder`` is the unzipped
    code.
    """

    configuration: Mapping[str, Any]
    folder: Path
    region: str
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.configuration["FunctionName"])

    @property
    def number(self) -> str:
        return str(self.configuration["Version"])

    @property
    def role(self) -> str:
        return str(self.configuration["Role"])

    @property
    def timeout(self) -> int:
        return int(self.configuration["Timeout"])

    @property
    def memory_mb(self) -> int:
        return int(self.configuration["MemorySize"])

    @property
    def variables(self) -> dict[str, str]:
        return dict(self.configuration.get("Environment", {}).get("Variables", {}))

    @property
    def logging(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.configuration["LoggingConfig"]
        return found

    @property
    def layer_arns(self) -> tuple[str, ...]:
        return tuple(layer["Arn"] for layer in self.configuration.get("Layers", ()))


@dataclass
class Function:
    """One function of a Region. ``statements`` and ``async_configs`` are by qualifier; None is the
    function itself.
    """

    name: str
    region: str
    account: str
    latest: Version
    published: dict[str, Version] = field(default_factory=dict)
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)
    statements: defaultdict[str | None, list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    async_configs: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    reserved: int | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def arn(self, qualifier: str | None = None) -> str:
        return function_arn(self.region, self.account, self.name, qualifier)

    def version(self, qualifier: str | None) -> Version:
        """The version that a qualifier (a number, an alias, $LATEST or none) means now."""
        if qualifier in (None, LATEST):
            return self.latest
        target = (
            self.aliases[qualifier]["FunctionVersion"] if qualifier in self.aliases else qualifier
        )
        if target == LATEST:
            return self.latest
        if target not in self.published:
            raise not_found(self.arn(qualifier))
        return self.published[target]


@dataclass(frozen=True)
class LayerVersion:
    """``description`` has the shape of GetLayerVersion's answer."""

    arn: str
    description: Mapping[str, Any]
    folder: Path
    unzipped_bytes: int


@dataclass
class Layer:
    versions: dict[int, LayerVersion] = field(default_factory=dict)
    last: int = 0  # numbers of deleted versions are not given again


class Registry:
    """The state of the service. ``lock`` guards every change."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.lock = threading.RLock()
        self._functions: defaultdict[str, dict[str, Function]] = defaultdict(dict)
        self._layers: defaultdict[str, dict[str, Layer]] = defaultdict(dict)

    def functions(self, region: str) -> dict[str, Function]:
        return self._functions[region]

    def layers(self, region: str) -> dict[str, Layer]:
        return self._layers[region]

    def function(self, ref: FunctionRef) -> Function:
        found = self._functions[ref.region].get(ref.name)
        if found is None:
            raise not_found(function_arn(ref.region, self.account, ref.name, ref.qualifier))
        return found

    def layer_version(self, arn: str) -> LayerVersion | None:
        region, name, number = parse_layer_version(arn)
        layer = self._layers[region].get(name)
        return layer.versions.get(number) if layer else None


def not_found(arn: str) -> ApiError:
    return ApiError("ResourceNotFoundException", f"Function not found: {arn}")
