"""The permissions of SendEmail."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from localcloud import ses
from localcloud.cloud import Cloud
from tests.iam.conftest import MakeRole, allow, client_of, refusal
from tests.iam.support import ACCOUNT

SENDING = {
    "FromEmailAddress": "a@x.org",
    "Destination": {"ToAddresses": ["b@y.org"]},
    "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
}


SES_ARN = f"arn:aws:ses:us-east-1:{ACCOUNT}:"


def test_sending_needs_the_domain_of_the_recipient_and_the_default_configuration_set(
    cloud: Cloud, role: MakeRole
) -> None:
    """https://github.com/aws/aws-cdk/issues/34402"""
    ses.install(cloud)
    operator = cloud.clients.client("sesv2", "us-east-1")
    for identity in ("a@x.org", "y.org"):
        operator.create_email_identity(EmailIdentity=identity)
    operator.create_configuration_set(ConfigurationSetName="all")
    operator.put_email_identity_configuration_set_attributes(
        EmailIdentity="a@x.org", ConfigurationSetName="all"
    )
    assert operator.get_email_identity(EmailIdentity="a@x.org")["ConfigurationSetName"] == "all"
    resources = ["identity/a@x.org", "identity/b@y.org", "identity/y.org", "configuration-set/all"]
    for number, last in enumerate(resources):
        statements = [allow("ses:SendEmail", SES_ARN + name) for name in resources[:number]]
        client = client_of(cloud, "sesv2", role(*statements, name=f"r{number}"))
        with pytest.raises(ClientError) as error:
            client.send_email(**SENDING)
        assert f"on resource `{SES_ARN}{last}'" in refusal(error)[1]
    statements = [allow("ses:SendEmail", SES_ARN + name) for name in resources]
    client_of(cloud, "sesv2", role(*statements, name="all")).send_email(**SENDING)


@pytest.mark.parametrize("action", ["ses:SendEmail", "ses:SendRawEmail"])
def test_sending_a_raw_message_needs_both_actions_on_every_resource(
    cloud: Cloud, role: MakeRole, action: str
) -> None:
    """https://github.com/anymail/django-anymail/issues/384"""
    ses.install(cloud)
    for identity in ("a@x.org", "y.org"):
        cloud.clients.client("sesv2", "us-east-1").create_email_identity(EmailIdentity=identity)
    content = {"Raw": {"Data": b"From: a@x.org\r\nTo: b@y.org\r\n\r\nt\r\n"}}
    both = [allow(name, f"{SES_ARN}identity/*") for name in ("ses:SendEmail", "ses:SendRawEmail")]
    client = client_of(cloud, "sesv2", role(*both, name="both"))
    client.send_email(Content=content)
    client.send_email(**{**SENDING, "Content": content})
    client = client_of(cloud, "sesv2", role(allow(action, "*"), name="one"))
    with pytest.raises(ClientError, match="is not authorized to perform `ses:Send"):
        client.send_email(Content=content)
