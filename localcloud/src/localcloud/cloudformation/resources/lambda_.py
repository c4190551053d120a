"""AWS Lambda: layers, permissions, versions, aliases, what happens to asynchronous events."""

from __future__ import annotations

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    given,
    gone,
    names,
)

_GONE = "ResourceNotFoundException"


class LayerVersion(ResourceType):
    type = "AWS::Lambda::LayerVersion"
    consumes = names(
        "LayerName Description Content CompatibleRuntimes CompatibleArchitectures LicenseInfo"
    )

    def create(self, site: Site, props: Props) -> str:
        arn: str = site.client("lambda").publish_layer_version(
            LayerName=props.get("LayerName") or site.name(64),
            Content=given(props["Content"], "S3Bucket", "S3Key", "S3ObjectVersion"),
            **given(
                props,
                "Description",
                "CompatibleRuntimes",
                "CompatibleArchitectures",
                "LicenseInfo",
            ),
        )["LayerVersionArn"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"LayerVersionArn": physical_id}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        layer, _, version = physical_id.rpartition(":")
        gone(
            site.client("lambda").delete_layer_version,
            _GONE,
            LayerName=layer,
            VersionNumber=int(version),
        )


class Permission(ResourceType):
    type = "AWS::Lambda::Permission"
    consumes = names(
        "Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal "
        "PrincipalOrgID SourceAccount SourceArn"
    )

    def create(self, site: Site, props: Props) -> str:
        statement = site.name(100)
        site.client("lambda").add_permission(StatementId=statement, **props)
        return statement

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        gone(
            site.client("lambda").remove_permission,
            _GONE,
            FunctionName=props["FunctionName"],
            StatementId=physical_id,
        )


class EventInvokeConfig(ResourceType):
    type = "AWS::Lambda::EventInvokeConfig"
    consumes = names(
        "DestinationConfig FunctionName MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier"
    )

    def create(self, site: Site, props: Props) -> str:
        site.client("lambda").put_function_event_invoke_config(**props)
        return site.name(128)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        site.client("lambda").put_function_event_invoke_config(**new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("lambda").delete_function_event_invoke_config,
            _GONE,
            **given(props, "FunctionName", "Qualifier"),
        )


class Version(ResourceType):
    type = "AWS::Lambda::Version"
    consumes = names("CodeSha256 Description FunctionName")

    def create(self, site: Site, props: Props) -> str:
        arn: str = site.client("lambda").publish_version(**props)["FunctionArn"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"FunctionArn": physical_id, "Version": physical_id.rpartition(":")[2]}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        function, _, version = physical_id.rpartition(":")
        gone(
            site.client("lambda").delete_function,
            _GONE,
            FunctionName=function,
            Qualifier=version,
        )


class Alias(ResourceType):
    type = "AWS::Lambda::Alias"
    consumes = names("Description FunctionName FunctionVersion Name")

    def create(self, site: Site, props: Props) -> str:
        arn: str = site.client("lambda").create_alias(**props)["AliasArn"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"AliasArn": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        site.client("lambda").update_alias(**{"Description": "", **new})

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("lambda").delete_alias, _GONE, **given(props, "FunctionName", "Name"))


TYPES = (LayerVersion, Permission, EventInvokeConfig, Version, Alias)
