"""AWS Systems Manager: parameters and documents."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)
from localcloud.cloudformation.templates.template import parse


class Parameter(ResourceType):
    type = "AWS::SSM::Parameter"
    named_by = "Name"
    consumes = names("AllowedPattern DataType Description Name Tags Tier Type Value")

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("Name") or site.name(1011)
        tags = props.get("Tags", {})
        wanted = ("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")
        site.client("ssm").put_parameter(
            Name=name,
            **given(props, *wanted),
            **(
                {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
                if tags
                else {}
            ),
        )
        return name

    tags_as_map = True

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return given(props, "Type", "Value")

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        ssm = site.client("ssm")
        wanted = ("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")
        if changed(old, new, *wanted):
            cleared: Props = {key: "" for key in ("AllowedPattern", "Description") if key in old}
            made = {**cleared, **given(new, *wanted)}
            ssm.put_parameter(Name=physical_id, Overwrite=True, **made)
        parameter = {"ResourceType": "Parameter", "ResourceId": physical_id}
        tags = new.get("Tags", {})
        if dropped := sorted(old.get("Tags", {}).keys() - tags.keys()):
            ssm.remove_tags_from_resource(**parameter, TagKeys=dropped)
        if tags:
            listed = [{"Key": key, "Value": value} for key, value in tags.items()]
            ssm.add_tags_to_resource(**parameter, Tags=listed)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("ssm").delete_parameter, "ParameterNotFound", Name=physical_id)


# What can differ between the versions of a document.
_OF_A_VERSION = ("Content", "DocumentFormat", "TargetType", "VersionName")


class Document(ResourceType):
    """With ``UpdateMethod: NewVersion`` a change makes a new version, which becomes the default.

    Otherwise the document is replaced, which one with a name of its own cannot be.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/339
    """

    type = "AWS::SSM::Document"
    named_by = "Name"
    consumes = names(
        "Content DocumentFormat DocumentType Name Tags TargetType UpdateMethod VersionName"
    )

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("Name") or site.name(128)
        site.client("ssm").create_document(
            Name=name,
            Content=_content(props),
            **given(props, "DocumentFormat", "DocumentType", "Tags", "TargetType", "VersionName"),
        )
        return name

    def replaced_by(self, region: str, old: Props, new: Props) -> list[str]:
        found = super().replaced_by(region, old, new)
        if new.get("UpdateMethod") != "NewVersion":
            return found
        return [name for name in found if name not in _OF_A_VERSION]

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        ssm = site.client("ssm")
        if changed(old, new, *_OF_A_VERSION):
            version = self._new_version(ssm, physical_id, new)
            ssm.update_document_default_version(Name=physical_id, DocumentVersion=version)
        if changed(old, new, "Tags"):
            self._change_tags(ssm, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("ssm").delete_document, "InvalidDocument", Name=physical_id)

    def _change_tags(self, ssm: Any, name: str, old: Props, new: Props) -> None:
        document = {"ResourceType": "Document", "ResourceId": name}
        kept = {tag["Key"] for tag in new.get("Tags", [])}
        if removed := [tag["Key"] for tag in old.get("Tags", []) if tag["Key"] not in kept]:
            ssm.remove_tags_from_resource(**document, TagKeys=removed)
        if new.get("Tags"):
            ssm.add_tags_to_resource(**document, Tags=new["Tags"])

    def _new_version(self, ssm: Any, name: str, props: Props) -> str:
        """SSM refuses content that a version has already, as on a roll-back: then that version."""
        try:
            made = ssm.update_document(
                Name=name,
                Content=_content(props),
                DocumentVersion="$LATEST",
                **given(props, "DocumentFormat", "TargetType", "VersionName"),
            )
            return str(made["DocumentDescription"]["DocumentVersion"])
        except ssm.exceptions.DuplicateDocumentContent:
            latest = int(ssm.describe_document(Name=name)["Document"]["LatestVersion"])
            for version in map(str, range(1, latest + 1)):
                told = ssm.get_document(Name=name, DocumentVersion=version)["Content"]
                if parse(told) == parse(_content(props)):
                    return version
            raise


def _content(props: Props) -> str:
    content = props["Content"]
    return content if isinstance(content, str) else json.dumps(content)


TYPES = (Parameter, Document)
