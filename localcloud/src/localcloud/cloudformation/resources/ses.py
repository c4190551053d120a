"""Amazon SES: identities."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_calls import Calls
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import names

PROVIDERS = (
    ApiResource(
        type="AWS::SES::EmailIdentity",
        supported=names("EmailIdentity Tags"),
        service="sesv2",
        calls=Calls("create_email_identity", "delete_email_identity"),
        missing="NotFoundException",
        named_by="EmailIdentity",
    ),
)
