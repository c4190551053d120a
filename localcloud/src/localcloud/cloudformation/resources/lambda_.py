"""AWS Lambda: functions, layers, permissions, asynchronous events."""

import io
import re
import zipfile
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.settings import ACCOUNT_ID

_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-lambda-function-code-cfnresponsemodule.html
_RESPONSE = re.compile(r"^\s*(import|from) cfnresponse\b|require\(.cfn-response.\)", re.MULTILINE)


def _is_foreign(layer: Any) -> bool:
    """Whether it is the ARN of another account's layer."""
    parts = layer.split(":") if isinstance(layer, str) else []
    return len(parts) > 4 and parts[4].isdigit() and parts[4] != ACCOUNT_ID


def _zipped(text: str, runtime: str) -> bytes:
    """Inline code as the package that CloudFormation makes of it: the same of the same text."""
    family = next((name for name in _INLINE_FILES if runtime.startswith(name)), None)
    if family is None:
        raise ResourceFailure("ZipFile can only be used when Runtime is set to nodejs or python.")
    buffer = io.BytesIO()
    file = zipfile.ZipInfo(_INLINE_FILES[family])  # without the time, which would be in the digest
    file.external_attr = 0o644 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(file, text)
    return buffer.getvalue()


def _code(properties: Properties) -> Properties:
    code = properties["Code"]
    if "ZipFile" in code:
        return {"ZipFile": _zipped(code["ZipFile"], properties.get("Runtime", ""))}
    return pick(code, "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri")


class Function(ApiResource):
    def gaps(self, region: str, properties: Properties) -> list[str]:
        """Name the layers of other accounts, and the module that AWS adds to inline code."""
        layers = [layer for layer in properties.get("Layers", []) if _is_foreign(layer)]
        code = properties.get("Code", {})
        is_response = isinstance(code, dict) and _RESPONSE.search(str(code.get("ZipFile", "")))
        return [
            *super().gaps(region, properties),
            *(f"the layer {layer} of another account" for layer in layers),
            *(["the module cfnresponse of inline code"] if is_response else []),
        ]

    def api_properties(self, context: ResourceContext) -> Properties:
        """CreateFunction takes the code as a member, UpdateFunctionCode takes its parts."""
        # What a template leaves out of LoggingConfig goes back to what it was without it.
        properties = {**context.properties}
        if context.changed("LoggingConfig") and context.physical_id:
            group = f"/aws/lambda/{context.physical_id}"
            default = {"LogFormat": "Text", "LogGroup": group}
            properties["LoggingConfig"] = {**default, **properties.get("LoggingConfig", {})}
        code = _code(properties)
        return {**properties, **code, "Code": code}


PROVIDERS = (
    Function(
        type="AWS::Lambda::Function",
        supported=names(
            "Architectures Code Description Environment EphemeralStorage "
            "FunctionName Handler KmsKeyArn Layers LoggingConfig MemorySize PackageType "
            "ReservedConcurrentExecutions Role Runtime Tags Timeout TracingConfig VpcConfig"
        ),
        ignored=names("RuntimeManagementConfig RecursiveLoop"),
        calls=Calls("create_function", "delete_function", "get_function_configuration"),
        unique_name="FunctionName",
        name_limit=64,
        updates=(
            Update(
                "update_function_code",
                "Code Architectures",
                {"Architectures": ["x86_64"]},
                sends_all=True,
            ),
            Update(
                "update_function_configuration",
                defaults={
                    "Description": "",
                    "Environment": {"Variables": {}},
                    "EphemeralStorage": {"Size": 512},
                    "Handler": "",
                    "KmsKeyArn": "",
                    "Layers": [],
                    "LoggingConfig": None,  # see api_properties
                    "MemorySize": 128,
                    "Runtime": "",
                    "Timeout": 3,
                    "TracingConfig": {"Mode": "PassThrough"},
                    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
                },
            ),
            Update("put_function_concurrency", remove="delete_function_concurrency"),
        ),
        tagging=Tagging("Resource", "arn:aws:lambda:{region}:{account}:function:{id}"),
        attributes={
            "SnapStartResponse.ApplyOn": "None",
            "SnapStartResponse.OptimizationStatus": "Off",
        },
        described="{Arn: FunctionArn}",
    ),
    ApiResource(
        type="AWS::Lambda::LayerVersion",
        supported=names(
            "LayerName Description Content CompatibleRuntimes CompatibleArchitectures LicenseInfo"
        ),
        calls=Calls("publish_layer_version", "delete_layer_version"),
        delete_params={"LayerName": "{parent}", "VersionNumber": "{number}"},
        key="LayerVersionArn",
        named_by="LayerName",
        name_limit=64,
    ),
    ApiResource(
        type="AWS::Lambda::Permission",
        supported=names(
            "Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl "
            "Principal PrincipalOrgID SourceAccount SourceArn"
        ),
        calls=Calls("add_permission", "remove_permission"),
        named_by="StatementId",
        name_limit=100,
    ),
    ApiResource(
        type="AWS::Lambda::EventInvokeConfig",
        supported=names(
            "DestinationConfig FunctionName MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier"
        ),
        calls=Calls("put_function_event_invoke_config", "delete_function_event_invoke_config"),
        name_limit=128,
        updates=(Update("put_function_event_invoke_config"),),
    ),
)
