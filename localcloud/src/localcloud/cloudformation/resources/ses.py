"""Amazon SES: identities."""

from __future__ import annotations

from localcloud.cloudformation.resources.provider import Props, ResourceType, Site, gone, names


class EmailIdentity(ResourceType):
    type = "AWS::SES::EmailIdentity"
    consumes = names("EmailIdentity Tags")

    def create(self, site: Site, props: Props) -> str:
        site.client("sesv2").create_email_identity(**props)
        return str(props["EmailIdentity"])

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("sesv2").delete_email_identity,
            "NotFoundException",
            EmailIdentity=physical_id,
        )


TYPES = (EmailIdentity,)
