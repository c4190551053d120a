"""Claims about SES."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import ses
from localcloud.cloud import Cloud, new_cloud
from localcloud.ses.mailbox import Mailbox
from localcloud.ses.mailer import Identities
from localcloud.settings import Settings
from localcloud.usage import units
from tests.manual_clock import ManualClock
from tests.usage_totals import total

EAST, WEST = "us-east-1", "us-west-2"
ME, YOU = "me@example.com", "you@example.org"


@dataclass
class World:
    cloud: Cloud
    east: Any  # sesv2
    west: Any

    @property
    def mailbox(self) -> Mailbox:
        return self.cloud.get(Mailbox)

    def verify(self, *names: str) -> None:
        for name in names:
            self.cloud.get(Identities).verify(name, EAST)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    ses.install(cloud)
    client = cloud.clients.client
    yield World(cloud, client("sesv2", EAST), client("sesv2", WEST))
    cloud.close()


def send(client: Any, text: str = "hello", sender: str = ME, to: str = YOU) -> str:
    answer = client.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "subject"}, "Body": {"Text": {"Data": text}}}},
    )
    return str(answer["MessageId"])


def test_a_message_is_kept_with_its_first_link(world: World) -> None:
    world.verify(ME, YOU)
    message_id = send(world.east, "Your file: https://a.example/x?y=1&z=2 (for a day)\nbye")
    expected = {
        "to": [YOU],
        "from": ME,
        "subject": "subject",
        "region": EAST,
        "sent_at": "2023-11-14T22:13:20.000Z",
        "message_id": message_id,
        "url": "https://a.example/x?y=1&z=2",
        "body": "Your file: https://a.example/x?y=1&z=2 (for a day)\nbye",
        "html": None,
    }
    assert world.mailbox.messages() == [expected]
    lines = (world.cloud.settings.state_dir / "mail.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [expected]


def test_without_a_link_the_url_is_none(world: World) -> None:
    world.verify(ME, YOU)
    send(world.east)
    assert world.mailbox.messages()[0]["url"] is None


def test_an_unverified_sender_is_refused_in_the_words_of_aws(world: World) -> None:
    world.verify(YOU)
    with pytest.raises(ClientError) as caught:
        send(world.east)
    assert caught.value.response["Error"] == {
        "Code": "MessageRejected",
        "Message": "Email address is not verified. The following identities failed the check in"
        " region US-EAST-1: me@example.com",
    }
    assert world.mailbox.messages() == []


def test_in_the_sandbox_the_recipient_is_verified_too(world: World) -> None:
    world.verify(ME)
    with pytest.raises(
        ClientError, match=r"failed the check in region US-EAST-1: you@example\.org"
    ):
        send(world.east)
    send(world.east, to="success@simulator.amazonses.com")


def test_production_access_allows_any_recipient(world: World) -> None:
    world.verify(ME)
    assert not world.east.get_account()["ProductionAccessEnabled"]
    world.east.put_account_details(
        MailType="TRANSACTIONAL", WebsiteURL="https://a.example", ProductionAccessEnabled=True
    )
    assert world.east.get_account()["ProductionAccessEnabled"]
    assert not world.west.get_account()["ProductionAccessEnabled"]
    assert send(world.east)


def test_verification_is_for_one_region(world: World) -> None:
    world.verify(ME, YOU)
    with pytest.raises(ClientError, match="US-WEST-2"):
        send(world.west)


def test_a_domain_covers_its_addresses_and_subdomains(world: World) -> None:
    world.verify("example.com", YOU)
    send(world.east, sender="anybody@example.com")
    send(world.east, sender="Some Name <anybody@mail.EXAMPLE.com>")
    with pytest.raises(ClientError, match="MessageRejected"):
        send(world.east, sender="anybody@badexample.com")


def test_addresses_are_case_sensitive(world: World) -> None:
    world.verify(ME, YOU)
    with pytest.raises(ClientError, match="Me@example"):
        send(world.east, sender="Me@example.com")


def test_identities_are_created_described_listed_and_deleted(world: World) -> None:
    created = world.east.create_email_identity(EmailIdentity=ME)
    assert created["IdentityType"] == "EMAIL_ADDRESS"
    assert created["VerifiedForSendingStatus"]
    assert world.east.get_email_identity(EmailIdentity=ME)["VerificationStatus"] == "SUCCESS"
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        world.east.create_email_identity(EmailIdentity=ME)
    (identity,) = world.east.list_email_identities()["EmailIdentities"]
    assert identity["IdentityName"] == ME
    world.east.delete_email_identity(EmailIdentity=ME)
    with pytest.raises(ClientError, match="NotFoundException"):
        world.east.get_email_identity(EmailIdentity=ME)


def test_the_quota_of_the_sandbox_is_200_a_day(world: World) -> None:
    world.verify(ME, YOU)
    for _ in range(200):
        send(world.east)
        world.cloud.clock.sleep(1.0)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        send(world.east)
    assert world.east.get_account()["SendQuota"]["SentLast24Hours"] == 200
    world.cloud.clock.sleep(24 * 3600)
    assert send(world.east)


def test_the_sandbox_takes_one_mail_a_second_but_for_short_bursts(world: World) -> None:
    world.verify(ME, YOU)
    for _ in range(10):
        send(world.east)
    with pytest.raises(ClientError, match="Maximum sending rate exceeded"):
        send(world.east)
    world.cloud.clock.sleep(10.0)
    assert send(world.east)


def test_templates_are_refused_by_name(world: World) -> None:
    world.verify(ME, YOU)
    with pytest.raises(ClientError, match=r"Content\.Template of sesv2:SendEmail"):
        world.east.send_email(
            FromEmailAddress=ME,
            Destination={"ToAddresses": [YOU]},
            Content={"Template": {"TemplateName": "t", "TemplateData": "{}"}},
        )


def raw_message(**headers: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    for name, value in ({"From": ME, "To": YOU, "Subject": "Zürich"} | headers).items():
        message[name] = value
    text = f"See https://a.example/{'x' * 2000}?y=1\nand ü"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="quoted-printable")
    return message


def send_raw(client: Any, data: bytes, **parameters: Any) -> Any:
    return client.send_email(Content={"Raw": {"Data": data}}, **parameters)


def test_a_raw_message_is_kept_decoded(world: World) -> None:
    world.verify(ME, YOU)
    to = {"ToAddresses": [YOU]}
    send_raw(world.east, bytes(raw_message()), FromEmailAddress=ME, Destination=to)
    (message,) = world.mailbox.messages()
    url = f"https://a.example/{'x' * 2000}?y=1"
    text = f"See {url}\nand ü"
    expected = {"from": ME, "to": [YOU], "subject": "Zürich", "url": url, "body": text}
    assert message.items() >= expected.items()
    assert message["html"] == f"<p>{text}</p>\n"


def test_a_raw_message_without_parameters_goes_from_and_to_those_in_its_headers(
    world: World,
) -> None:
    world.verify(ME, YOU)
    send_raw(world.east, bytes(raw_message(Cc=f"Me <{ME}>")))
    (message,) = world.mailbox.messages()
    assert (message["from"], message["to"]) == (ME, [YOU, ME])


def test_both_senders_of_a_raw_message_are_verified(world: World) -> None:
    world.verify(ME, YOU)
    data = bytes(raw_message(From="other@example.com"))
    with pytest.raises(ClientError, match=r"US-EAST-1: other@example\.com"):
        send_raw(world.east, data, FromEmailAddress=ME)


@pytest.mark.parametrize(
    ("header", "body", "error"),
    [
        ("\r\nFrom: x", "", "Missing required header 'From'"),
        (f"From: {ME}", "x", "Duplicate header 'From'"),
        (f"To: {YOU}", "x" * 999, "longer than 998"),
        ("Content-Type: multipart/mixed; boundary=b", "x", "not valid MIME"),
        ("To: you", "x", "Missing final '@domain'"),
        ("To:", "x", "Recipient count must be 1 to 50"),
        (f"To: {YOU}", "x\r\n" * (10 << 20), "more than 41943040"),
    ],
    ids=["no sender", "two senders", "long line", "no parts", "no domain", "nobody", "too long"],
)
def test_a_malformed_raw_message_is_refused(
    world: World, header: str, body: str, error: str
) -> None:
    world.verify(ME, YOU)
    data = f"{header}\r\nFrom: {ME}\r\n\r\n{body}".encode()
    with pytest.raises(ClientError, match=error) as caught:
        send_raw(world.east, data)
    assert caught.value.response["Error"]["Code"] == "BadRequestException"
    assert world.mailbox.messages() == []


def test_attachments_are_refused_by_name(world: World) -> None:
    message = raw_message()
    message.add_attachment("x", filename="x.txt")
    with pytest.raises(ClientError, match="SES attachments in a Raw message"):
        send_raw(world.east, bytes(message))


def test_version_1_is_refused_by_name(world: World) -> None:
    with pytest.raises(ClientError, match="does not emulate the service ses"):
        world.cloud.clients.client("ses", EAST).list_identities()


def test_operations_without_emulation_are_refused_by_name(world: World) -> None:
    with pytest.raises(ClientError, match="sesv2:DeleteConfigurationSet"):
        world.east.delete_configuration_set(ConfigurationSetName="c")


def test_every_recipient_is_counted(world: World) -> None:
    world.verify(ME, YOU)
    content = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
    destination = {"ToAddresses": [ME], "CcAddresses": [YOU]}
    world.east.send_email(FromEmailAddress=ME, Destination=destination, Content=content)
    assert total(world.cloud.usage, units.MAILS, region=EAST) == 2
