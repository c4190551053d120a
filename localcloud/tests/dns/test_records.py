"""ChangeResourceRecordSets refuses what AWS refuses, and applies all of a batch or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.dns.helpers import ZONE, change, record

FAILOVER = {"SetIdentifier": "one", "Failover": "SECONDARY"}


def refusal(client: Any, zone: str, *changes: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        change(client, zone, *changes)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


def names(client: Any, zone: str) -> list[tuple[str, str, str | None]]:
    listed = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    entries = [(r["Name"], r["Type"], r.get("SetIdentifier")) for r in listed]
    return [entry for entry in entries if entry[1] not in ("SOA", "NS")]


@pytest.mark.parametrize(
    ("record_set", "code", "words"),
    [
        (record("a", "TXT", "bare"), "InvalidChangeBatch", "enclosed in quotation marks"),
        (record("a", "TXT", '"' + "x" * 256 + '"'), "InvalidChangeBatch", "CharacterStringTooLong"),
        (record("a", "A", "10.0.0.256"), "InvalidChangeBatch", "valid IPv4 address"),
        (record("a", "A", "10.0.0.1", "10.0.0.1"), "InvalidChangeBatch", "Duplicate"),
        ({**record("a", "A", "10.0.0.1"), "Name": "a.other"}, "InvalidChangeBatch", "in zone"),
        (record("a", "CNAME", "x.test"), "LocalCloudNotEmulated", "records of the type CNAME"),
        (record("*", "TXT", '"x"'), "LocalCloudNotEmulated", "names with an asterisk"),
        (record("a", "TXT", '"x"', Failover="PRIMARY"), "InvalidInput", "'SetIdentifier'"),
        (record("a", "TXT", '"x"', SetIdentifier="one"), "InvalidInput", "exactly one of [Weight"),
        (
            record("a", "TXT", '"x"', SetIdentifier="one", Failover="PRIMARY"),
            "InvalidChangeBatch",
            "A non-alias primary ResourceRecordSet must have an associated health check.",
        ),
        (
            record("a", "TXT", '"x"', **FAILOVER, HealthCheckId="none"),
            "NoSuchHealthCheck",
            "none",
        ),
        ({"Name": f"a.{ZONE}", "Type": "TXT", "TTL": 60}, "InvalidInput", "AliasTarget"),
    ],
)
def test_a_malformed_record_is_refused(
    client: Any, zone: str, record_set: dict[str, Any], code: str, words: str
) -> None:
    refused = refusal(client, zone, ("CREATE", record_set))
    assert refused[0] == code
    assert words in refused[1]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Weight", 0),
        ("Region", "us-east-1"),
        ("MultiValueAnswer", True),
        ("AliasTarget", {"HostedZoneId": "Z", "DNSName": "a", "EvaluateTargetHealth": False}),
    ],
)
def test_alias_records_and_policies_other_than_failover_are_not_emulated(
    client: Any, zone: str, member: str, value: Any
) -> None:
    record_set = record("a", "TXT", '"x"', SetIdentifier="one", **{member: value})
    code, message = refusal(client, zone, ("CREATE", record_set))
    assert code == "LocalCloudNotEmulated"
    assert f"does not emulate {member} in a record" in message


def test_creating_a_record_that_exists_is_refused_and_upserting_replaces_it(
    client: Any, zone: str
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"1"')))
    code, message = refusal(client, zone, ("CREATE", record("A", "TXT", '"2"')))
    assert (code, message) == (
        "InvalidChangeBatch",
        f"[Tried to create resource record set [name='a.{ZONE}.', type='TXT'] "
        "but it already exists]",
    )
    change(client, zone, ("UPSERT", record("a", "TXT", '"2"')))
    listed = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [r["ResourceRecords"] for r in listed if r["Type"] == "TXT"] == [[{"Value": '"2"'}]]


def test_a_batch_with_one_wrong_change_changes_nothing(client: Any, zone: str) -> None:
    refusal(
        client,
        zone,
        ("CREATE", record("good", "TXT", '"1"')),
        ("CREATE", record("bad", "TXT", "bare")),
    )
    assert names(client, zone) == []


def test_one_batch_may_delete_a_record_and_create_it_anew(client: Any, zone: str) -> None:
    old, new = record("a", "TXT", '"1"'), record("a", "TXT", '"2"')
    change(client, zone, ("CREATE", old))
    change(client, zone, ("DELETE", old), ("CREATE", new))
    assert names(client, zone) == [(f"a.{ZONE}.", "TXT", None)]


def test_deleting_one_of_two_failover_records_leaves_the_other_and_namesakes(
    client: Any, zone: str
) -> None:
    other = record("b", "TXT", '"1"', **FAILOVER)
    first = record("a", "TXT", '"1"', **FAILOVER)
    change(client, zone, ("CREATE", first), ("CREATE", other))
    change(client, zone, ("DELETE", first))
    assert names(client, zone) == [(f"b.{ZONE}.", "TXT", "one")]


@pytest.mark.parametrize(
    ("record_set", "words"),
    [
        (record("none", "TXT", '"1"'), "but it was not found"),
        (record("a", "TXT", '"2"'), "do not match the current values"),
        ({**record("a", "TXT", '"1"'), "TTL": 61}, "do not match the current values"),
    ],
)
def test_a_delete_must_name_the_record_as_it_is(
    client: Any, zone: str, record_set: dict[str, Any], words: str
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"1"')))
    assert words in refusal(client, zone, ("DELETE", record_set))[1]


@pytest.mark.parametrize(
    "second",
    [
        record("a", "TXT", '"2"'),
        record("a", "TXT", '"2"', SetIdentifier="two", Failover="SECONDARY"),
    ],
    ids=["simple", "same role"],
)
def test_records_that_cannot_stand_together_are_refused(
    client: Any, zone: str, second: dict[str, Any]
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"1"', **FAILOVER)))
    code, message = refusal(client, zone, ("CREATE", second))
    assert code == "InvalidChangeBatch"
    assert "cannot be created" in message


def test_a_change_is_in_sync(client: Any, zone: str) -> None:
    info = client.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [{"Action": "CREATE", "ResourceRecordSet": record("a", "TXT", '"1"')}]
        },
    )["ChangeInfo"]
    assert client.get_change(Id=info["Id"])["ChangeInfo"]["Status"] == "INSYNC"
