"""AWS Lambda: layers, permissions, versions, aliases, what happens to asynchronous events."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls, Update
from localcloud.cloudformation.resources.context import names

_MISSING = "ResourceNotFoundException"

PROVIDERS = (
    ApiResource(
        type="AWS::Lambda::LayerVersion",
        supported=names(
            "LayerName Description Content CompatibleRuntimes CompatibleArchitectures LicenseInfo"
        ),
        service="lambda",
        calls=Calls("publish_layer_version", "delete_layer_version"),
        missing=_MISSING,
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
        service="lambda",
        calls=Calls("add_permission", "remove_permission"),
        missing=_MISSING,
        key="StatementId",
        named_by="StatementId",
        name_limit=100,
    ),
    ApiResource(
        type="AWS::Lambda::EventInvokeConfig",
        supported=names(
            "DestinationConfig FunctionName MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier"
        ),
        service="lambda",
        calls=Calls("put_function_event_invoke_config", "delete_function_event_invoke_config"),
        missing=_MISSING,
        name_limit=128,
        updates=(Update("put_function_event_invoke_config"),),
    ),
    ApiResource(
        type="AWS::Lambda::Version",
        supported=names("CodeSha256 Description FunctionName"),
        service="lambda",
        calls=Calls("publish_version", "delete_function"),
        missing=_MISSING,
        delete_params={"FunctionName": "{parent}", "Qualifier": "{number}"},
        key="FunctionArn",
        attributes={"FunctionArn": "{id}", "Version": "{number}"},
    ),
    ApiResource(
        type="AWS::Lambda::Alias",
        supported=names("Description FunctionName FunctionVersion Name"),
        service="lambda",
        calls=Calls("create_alias", "delete_alias"),
        missing=_MISSING,
        key="AliasArn",
        updates=(Update("update_alias", defaults={"Description": ""}),),
    ),
)
