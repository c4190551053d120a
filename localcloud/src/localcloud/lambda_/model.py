"""Functions with their policies, and layers, by Region."""

import math
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.lambda_.arns import FunctionRef, function_arn, parse_layer_version
from localcloud.lambda_.errors import not_found


@dataclass(frozen=True)
class Version:
    """A function's code (``folder``) and FunctionConfiguration; never changed, only replaced."""

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
    def logging(self) -> Mapping[str, str]:
        logging: Mapping[str, str] = self.configuration["LoggingConfig"]
        return logging


@dataclass
class Function:
    """``statements`` are those of its policy; ``async_config`` is empty if none was put."""

    name: str
    region: str
    latest: Version
    statements: list[dict[str, Any]] = field(default_factory=list)
    async_config: dict[str, Any] = field(default_factory=dict)
    reserved: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    # Epoch seconds: until an idle function has its network interfaces back, it is pending.
    last_invoked: float = math.inf
    restored_at: float | None = None

    @property
    def arn(self) -> str:
        return function_arn(self.region, self.name)


@dataclass(frozen=True)
class LayerVersion:
    """``description`` is the answer of GetLayerVersion."""

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

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # By Region and name.
        self.functions: defaultdict[str, dict[str, Function]] = defaultdict(dict)
        self.layers: defaultdict[str, dict[str, Layer]] = defaultdict(dict)

    def function(self, ref: FunctionRef) -> Function:
        if function := self.functions[ref.region].get(ref.name):
            return function
        arn = function_arn(ref.region, ref.name)
        raise not_found(f"Function not found: {arn}")

    def reserved(self, region: str) -> int:
        """The sum of the Region's reserved concurrency."""
        return sum(function.reserved or 0 for function in self.functions[region].values())

    def layer_versions(self, configuration: Mapping[str, Any]) -> list[LayerVersion]:
        """Return those of a function's layers that have not been deleted."""
        versions = [self.layer_version(layer["Arn"]) for layer in configuration.get("Layers", ())]
        return [version for version in versions if version]

    def layer_version(self, arn: str) -> LayerVersion | None:
        region, name, number = parse_layer_version(arn)
        layer = self.layers[region].get(name)
        return layer.versions.get(number) if layer else None
