"""Layers."""

from typing import Any

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import ApiBase, no_content, timestamp
from localcloud.lambda_.arns import layer_arn, parse_layer
from localcloud.lambda_.errors import not_found
from localcloud.lambda_.model import Layer, LayerVersion
from localcloud.lambda_.packages import fetch

_STORED = ("Description", "CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo")


class LayersApi(ApiBase):
    def publish_layer_version(self, call: Call, **params: Any) -> dict[str, Any]:
        name = parse_layer(params["LayerName"])
        package = self._packages.unpack(fetch(params["Content"], call, self._clients))
        layer_name = layer_arn(call.region, name)
        with self._registry.lock:
            layer = self._registry.layers[call.region].setdefault(name, Layer())
            layer.last += 1
            arn = f"{layer_name}:{layer.last}"
            description = {
                "LayerArn": layer_name,
                "LayerVersionArn": arn,
                "Version": layer.last,
                "CreatedDate": timestamp(),
                "Content": {"CodeSha256": package.sha256, "CodeSize": package.size},
                **{member: params[member] for member in _STORED if params.get(member)},
            }
            layer.versions[layer.last] = LayerVersion(
                arn, description, package.folder, package.unzipped_bytes
            )
        return description

    def get_layer_version(self, call: Call, **params: Any) -> dict[str, Any]:
        layer = layer_arn(call.region, parse_layer(params["LayerName"]))
        if version := self._registry.layer_version(f"{layer}:{params['VersionNumber']}"):
            return dict(version.description)
        raise not_found()

    def delete_layer_version(self, call: Call, **params: Any) -> Response:
        """Functions that have the layer keep it; their sandboxes find its folder still in place."""
        layer = self._registry.layers[call.region].get(parse_layer(params["LayerName"]))
        if layer:
            with self._registry.lock:
                layer.versions.pop(int(params["VersionNumber"]), None)
        return no_content()

    def list_layers(self, call: Call, **_: Any) -> dict[str, Any]:
        items = [
            {
                "LayerName": name,
                "LayerArn": layer_arn(call.region, name),
                "LatestMatchingVersion": _item(layer.versions[max(layer.versions)]),
            }
            for name, layer in sorted(self._registry.layers[call.region].items())
            if layer.versions
        ]
        return {"Layers": items}


def _item(version: LayerVersion) -> dict[str, Any]:
    return {name: value for name, value in version.description.items() if name != "Content"}
