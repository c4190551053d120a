"""Layers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import LambdaApi, no_content
from localcloud.lambda_.model import Layer, LayerVersion, Registry
from localcloud.lambda_.names import layer_arn, parse_layer, parse_layer_version
from localcloud.lambda_.packages import Packages, fetch

_STORED = ("Description", "CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo")


class LayersApi(LambdaApi):
    def __init__(self, registry: Registry, packages: Packages, clients: Clients) -> None:
        super().__init__(registry)
        self._packages = packages
        self._clients = clients

    def publish_layer_version(self, call: Call, **params: Any) -> dict[str, Any]:
        name = parse_layer(params["LayerName"])
        package = self._packages.unpack(fetch(params["Content"], call, self._clients))
        arn = layer_arn(call.region, self._registry.account, name)
        with self._registry.lock:
            layer = self._registry.layers(call.region).setdefault(name, Layer())
            layer.last += 1
            description = {
                "LayerArn": arn,
                "LayerVersionArn": f"{arn}:{layer.last}",
                "Version": layer.last,
                "CreatedDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
                "Content": {"CodeSha256": package.sha256, "CodeSize": package.size},
                **{member: params[member] for member in _STORED if params.get(member)},
            }
            layer.versions[layer.last] = LayerVersion(
                f"{arn}:{layer.last}", description, package.folder, package.unzipped_bytes
            )
        return description

    def get_layer_version(self, call: Call, **params: Any) -> dict[str, Any]:
        name, number = parse_layer(params["LayerName"]), int(params["VersionNumber"])
        return self._described(call.region, name, number)

    def get_layer_version_by_arn(self, call: Call, **params: Any) -> dict[str, Any]:
        region, name, number = parse_layer_version(params["Arn"])
        return self._described(region or call.region, name, number)

    def delete_layer_version(self, call: Call, **params: Any) -> Response:
        """Functions that have the layer keep it; their sandboxes find its folder still in place."""
        layer = self._registry.layers(call.region).get(parse_layer(params["LayerName"]))
        if layer:
            with self._registry.lock:
                layer.versions.pop(int(params["VersionNumber"]), None)
        return no_content()

    def list_layer_versions(self, call: Call, **params: Any) -> dict[str, Any]:
        layer = self._registry.layers(call.region).get(parse_layer(params["LayerName"]), Layer())
        newest_first = [_item(layer.versions[number]) for number in sorted(layer.versions)[::-1]]
        return {"LayerVersions": newest_first}

    def list_layers(self, call: Call, **_: Any) -> dict[str, Any]:
        items = [
            {
                "LayerName": name,
                "LayerArn": layer_arn(call.region, self._registry.account, name),
                "LatestMatchingVersion": _item(layer.versions[max(layer.versions)]),
            }
            for name, layer in sorted(self._registry.layers(call.region).items())
            if layer.versions
        ]
        return {"Layers": items}

    def _described(self, region: str, name: str, number: int) -> dict[str, Any]:
        arn = f"{layer_arn(region, self._registry.account, name)}:{number}"
        version = self._registry.layer_version(arn)
        if version is None:
            raise ApiError(
                "ResourceNotFoundException", "The resource you requested does not exist."
            )
        return dict(version.description)


def _item(version: LayerVersion) -> dict[str, Any]:
    return {name: value for name, value in version.description.items() if name != "Content"}
