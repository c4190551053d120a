"""AWS Systems Manager: documents."""

from localcloud.cloudformation.resources.api_calls import Calls, Tagging
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.cloudformation.templates.template import parse

# What can differ between the versions of a document.
_OF_A_VERSION = ("Content", "DocumentFormat", "TargetType", "VersionName")


class Document(ApiResource):
    """With ``UpdateMethod: NewVersion`` a change makes a new version, which becomes the default.

    Otherwise the document is replaced, which one with a name of its own cannot be.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/339
    """

    def replaced_by(self, region: str, old: Properties, new: Properties) -> list[str]:
        properties = super().replaced_by(region, old, new)
        if new.get("UpdateMethod") != "NewVersion":
            return properties
        return [name for name in properties if name not in _OF_A_VERSION]

    def set_children(self, context: ResourceContext) -> None:
        """Make a new version of what exists, and make it the default."""
        if context.previous and context.changed(*_OF_A_VERSION):
            version = self._new_version(context)
            self.client(context).update_document_default_version(
                Name=context.physical_id, DocumentVersion=version
            )

    def _new_version(self, context: ResourceContext) -> str:
        """The number of the new version, or of an old one with the same content."""
        # SSM refuses content that a version has already, as after a roll-back.
        ssm = self.client(context)
        params = self.params(context, "update_document", context.properties)
        try:
            answer = ssm.update_document(**params, DocumentVersion="$LATEST")
        except ssm.exceptions.DuplicateDocumentContent:
            if version := self._version_with(context, params["Content"]):
                return version
            raise
        return str(answer["DocumentDescription"]["DocumentVersion"])

    def _version_with(self, context: ResourceContext, content: str) -> str | None:
        ssm, name = self.client(context), context.physical_id
        latest = int(ssm.describe_document(Name=name)["Document"]["LatestVersion"])
        for version in map(str, range(1, latest + 1)):
            text = ssm.get_document(Name=name, DocumentVersion=version)["Content"]
            if parse(text) == parse(content):
                return version
        return None


PROVIDERS = (
    Document(
        type="AWS::SSM::Document",
        supported=names(
            "Content DocumentFormat DocumentType Name Tags TargetType UpdateMethod VersionName"
        ),
        calls=Calls("create_document", "delete_document"),
        missing="InvalidDocument",
        unique_name="Name",
        name_limit=128,
        also_changeable=names("UpdateMethod").union(_OF_A_VERSION),
        tagging=Tagging(
            "ResourceId",
            tag="add_tags_to_resource",
            untag="remove_tags_from_resource",
            params={"ResourceType": "Document"},
        ),
    ),
)
