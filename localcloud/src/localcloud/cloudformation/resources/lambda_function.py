"""AWS Lambda: functions."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)

_GONE = "ResourceNotFoundException"
# Property → what UpdateFunctionConfiguration takes to put it back to its default.
_CONFIGURATION: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Handler": "",
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {},  # and the group that has the function's name
    "MemorySize": 128,
    "Role": "",
    "Runtime": "",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}


def _zipped(text: str, runtime: str) -> bytes:
    """Inline code as the package that CloudFormation makes of it: the same of the same text."""
    family = next((name for name in _INLINE_FILES if runtime.startswith(name)), None)
    if family is None:
        raise ResourceFailure("ZipFile can only be used when Runtime is set to nodejs or python.")
    packed = io.BytesIO()
    file = zipfile.ZipInfo(_INLINE_FILES[family])  # without the time, which would be in the digest
    file.external_attr = 0o644 << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(file, text)
    return packed.getvalue()


def _code(props: Props) -> Props:
    code = props["Code"]
    if "ZipFile" in code:
        return {"ZipFile": _zipped(code["ZipFile"], props.get("Runtime", ""))}
    return given(code, "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri")


def _configuration(props: Props) -> Props:
    made = given(props, *_CONFIGURATION)
    if "KmsKeyArn" in made:
        made["KMSKeyArn"] = made.pop("KmsKeyArn")
    return made


class Function(ResourceType):
    type = "AWS::Lambda::Function"
    named_by = "FunctionName"
    consumes = frozenset({*_CONFIGURATION}) | names(
        "Architectures Code FunctionName PackageType ReservedConcurrentExecutions Tags"
    )
    harmless = names("RuntimeManagementConfig RecursiveLoop")

    def create(self, site: Site, props: Props) -> str:
        client = site.client("lambda")
        name: str = props.get("FunctionName") or site.name(64)
        tags = {item["Key"]: item["Value"] for item in props.get("Tags", [])}
        client.create_function(
            FunctionName=name,
            Code=_code(props),
            **_configuration(props),
            **given(props, "Architectures", "PackageType"),
            **({"Tags": tags} if tags else {}),
        )
        site.created(name)
        self._settle(site, name)
        if "ReservedConcurrentExecutions" in props:
            self._reserve(client, name, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        client = site.client("lambda")
        return {
            "Arn": client.get_function_configuration(FunctionName=physical_id)["FunctionArn"],
            "SnapStartResponse.ApplyOn": "None",
            "SnapStartResponse.OptimizationStatus": "Off",
        }

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client = site.client("lambda")
        if changed(old, new, "Code", "Architectures"):
            architectures = {"Architectures": new.get("Architectures", ["x86_64"])}
            client.update_function_code(FunctionName=physical_id, **_code(new), **architectures)
            self._settle(site, physical_id)
        if changed(old, new, *_CONFIGURATION):
            keys = [key for key in _CONFIGURATION if old.get(key) != new.get(key)]
            own_group = {"LoggingConfig": {"LogGroup": f"/aws/lambda/{physical_id}"}}
            defaults = {**_CONFIGURATION, **own_group}
            wanted = {key: new.get(key, defaults[key]) for key in keys}
            client.update_function_configuration(FunctionName=physical_id, **_configuration(wanted))
            self._settle(site, physical_id)
        if changed(old, new, "ReservedConcurrentExecutions"):
            self._reserve(client, physical_id, new)
        if changed(old, new, "Tags"):
            self._retag(site, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("lambda").delete_function, _GONE, FunctionName=physical_id)

    def _settle(self, site: Site, name: str) -> None:
        client = site.client("lambda")

        def settled() -> bool:
            told = client.get_function_configuration(FunctionName=name)
            if "Failed" in (told.get("State"), told.get("LastUpdateStatus")):
                reason = told.get("StateReason") or told.get("LastUpdateStatusReason")
                raise ResourceFailure(f"Function {name} failed: {reason}")
            busy = told.get("State") == "Pending" or told.get("LastUpdateStatus") == "InProgress"
            return not busy

        site.wait(settled, f"Function {name}")

    def _reserve(self, client: Any, name: str, props: Props) -> None:
        reserved = props.get("ReservedConcurrentExecutions")
        if reserved is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            client.put_function_concurrency(
                FunctionName=name, ReservedConcurrentExecutions=reserved
            )

    def _retag(self, site: Site, name: str, old: Props, new: Props) -> None:
        client = site.client("lambda")
        arn = self.attributes(site, name, new)["Arn"]
        tags = {item["Key"]: item["Value"] for item in new.get("Tags", [])}
        if dropped := [item["Key"] for item in old.get("Tags", []) if item["Key"] not in tags]:
            client.untag_resource(Resource=arn, TagKeys=dropped)
        if tags:
            client.tag_resource(Resource=arn, Tags=tags)


TYPES = (Function,)
