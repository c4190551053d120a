"""Amazon SES: identities."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls
from localcloud.cloudformation.resources.context import names

PROVIDERS = (
    ApiResource(
        type="AWS::SES::EmailIdentity",
        supported=names("EmailIdentity Tags"),
        service="sesv2",
        calls=Calls("create_email_identity", "delete_email_identity"),
        missing="NotFoundException",
        key="EmailIdentity",
    ),
)
