"""deployment/deployer/preflight/: what is missing: machine, account, Regions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from deployment.deployer.plan import Stopped
from deployment.deployer.preflight import account, check, machine
from deployment.deployer.preflight.finding import Finding
from deployment.deployer.preflight.mail import mail
from deployment.deployer.preflight.quotas import quotas
from deployment.deployer.preflight.regions import ENDPOINTS, NEEDED, regions, services
from tests.deployment.fakes import Answer, FakeCloud, fail, plan, settings
from tests.deployment.standins import Shell

REGION = "eu-west-1"
GONE = fail("ValidationError", "Stack with id s does not exist")


def texts(found: Any, level: str = "MISSING") -> list[str]:
    return [one.text for one in found if one.level == level]


def test_a_tool_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    monkeypatch.setenv("PATH", str(shell.folder))
    assert [text.split()[0] for text in texts(machine.tools())] == ["aws", "sam", "bash"]


@pytest.mark.parametrize(
    ("says", "level"),
    [
        ("aws-cli/1.20.9 Python/3.8", "MISSING"),
        ("aws-cli/1.46.3 Python/3.11", "ok"),
        ("aws-cli/2.2.24 Python/3.8", "MISSING"),
        ("aws-cli/2.31.0 Python/3.13", "ok"),
        ("aws-cli/3.0.0", "warning"),
    ],
)
def test_a_tool_has_to_be_new_enough(
    says: str, level: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.program("aws", f"echo {says}")
    monkeypatch.setenv("PATH", f"{shell.folder}:/usr/bin:/bin")
    assert machine.tools()[0].level == level


def test_credentials_that_are_missing_or_stale_are_told_apart() -> None:
    def none(**_given: str) -> None:
        raise NoCredentialsError

    found = account.credentials(FakeCloud(sts={"get_caller_identity": none}), REGION)
    assert "none were found" in found.text
    stale = {"get_caller_identity": fail("ExpiredToken", "expired")}
    assert "ExpiredToken" in account.credentials(FakeCloud(sts=stale), REGION).text


def test_a_region_has_to_exist_and_to_be_enabled() -> None:
    answer = [
        {"RegionName": REGION, "OptInStatus": "opt-in-not-required"},
        {"RegionName": "ap-east-1", "OptInStatus": "not-opted-in"},
    ]
    cloud = FakeCloud(ec2={"describe_regions": lambda **_: {"Regions": answer}})
    assert texts(regions(cloud, (REGION, REGION))) == []
    (disabled, unknown) = texts(regions(cloud, ("ap-east-1", "eu-east-9")))
    assert "not enabled" in disabled
    assert "no such Region" in unknown


def region_with(offered: tuple[str, ...], zones: dict[str, list[str]]) -> FakeCloud:
    names = [{"Value": name} for name in offered]
    details = [
        {"ServiceName": f"com.amazonaws.{REGION}.{name}", "AvailabilityZones": there}
        for name, there in zones.items()
    ]
    every = [{"ZoneName": f"{REGION}{letter}"} for letter in "abc"]
    return FakeCloud(
        ssm={"get_parameters_by_path": lambda **_: [{"Parameters": names}]},
        ec2={
            "describe_availability_zones": lambda: {"AvailabilityZones": every},
            "describe_vpc_endpoint_services": lambda: [{"ServiceDetails": details}],
        },
    )


def test_a_region_has_to_offer_every_service() -> None:
    there = {name: [f"{REGION}a", f"{REGION}b"] for name in ENDPOINTS}
    assert texts(services(region_with(NEEDED, there), REGION)) == []
    some = tuple(name for name in NEEDED if name not in ("fis", "ses"))
    assert "lacks fis, ses" in texts(services(region_with(some, there), REGION))[0]


def test_the_subnets_zones_have_to_offer_the_endpoints() -> None:
    zones = {"states": [f"{REGION}a", f"{REGION}b"], "sns": [f"{REGION}a", f"{REGION}c"]}
    (email, sns) = texts(services(region_with(NEEDED, zones), REGION))
    assert "no VPC endpoint" in email
    assert f"{REGION}b has no VPC endpoint com.amazonaws.{REGION}.sns" in sns


def ses(verified: set[str], *, production: bool) -> FakeCloud:
    def identity(EmailIdentity: str) -> dict[str, bool]:  # noqa: N803 - named by the API
        return {"VerifiedForSendingStatus": EmailIdentity in verified}

    allowed = {"ProductionAccessEnabled": production}
    return FakeCloud(sesv2={"get_email_identity": identity, "get_account": lambda: allowed})


def test_the_identity_has_to_be_verified_and_in_the_sandbox_the_recipient_too() -> None:
    given = settings(recipient="her@example.org")
    assert (
        "SES_IDENTITY you@example.com" in texts(mail(ses(set(), production=True), given, REGION))[0]
    )
    assert texts(mail(ses({"you@example.com"}, production=True), given, REGION)) == []
    (recipient,) = texts(mail(ses({"you@example.com"}, production=False), given, REGION))
    assert "RECIPIENT" in recipient
    assert "create-email-identity --email-identity her@example.org" in recipient
    both = ses({"you@example.com", "example.org"}, production=False)
    assert texts(mail(both, given, REGION)) == []


def account_with(functions: int, vpcs: int, quota: Answer) -> FakeCloud:
    limits = {"AccountLimit": {"UnreservedConcurrentExecutions": functions}}
    return FakeCloud(
        cloudformation={"describe_stacks": GONE},
        ec2={"describe_vpcs": lambda: {"Vpcs": [{}] * vpcs}},
        service_quotas={"get_service_quota": quota},
        **{"lambda": {"get_account_settings": lambda: limits}},
    )


def five(**_given: str) -> Any:
    return {"Quota": {"Value": 5.0}}


def test_quotas_that_are_too_small_are_named() -> None:
    assert [one.level for one in quotas(account_with(1000, 4, five), plan(), REGION)] == [
        "ok",
        "ok",
    ]
    few, networks = quotas(account_with(10, 5, five), plan(), REGION)
    assert few.level == "warning"
    assert "CHUNK_CONCURRENCY=1" in few.text
    assert networks.stops
    assert "--desired-value 6" in networks.text
    denied = account_with(1000, 4, fail("AccessDeniedException", "no"))
    assert [one.level for one in quotas(denied, plan(), REGION)] == ["ok", "warning"]


def stacks(**states: str) -> FakeCloud:
    """Stacks by kind, all deployed to eu-west-1 and eu-central-1."""
    names = ("eu-west-1", "eu-central-1")
    pair = zip(("PrimaryRegion", "SecondaryRegion"), names, strict=True)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in pair]

    def describe(StackName: str) -> Any:  # noqa: N803 - named by the API
        kind = StackName.split("-")[1]
        if kind not in states or StackName != f"batch-{kind}-dev":
            raise GONE() from None
        return {"Stacks": [{"StackStatus": states[kind], "Parameters": given}]}

    return FakeCloud(cloudformation={"describe_stacks": describe})


def test_a_stack_that_is_being_changed_or_stuck_is_named() -> None:
    cloud = stacks(tables="UPDATE_IN_PROGRESS", primary="UPDATE_ROLLBACK_FAILED")
    busy, stuck = texts(account._stacks(cloud, plan(env="-dev")))
    assert "batch-tables-dev in eu-west-1 is UPDATE_IN_PROGRESS" in busy
    assert "continue-update-rollback --stack-name batch-primary-dev" in stuck


def test_an_env_that_lives_elsewhere_is_not_taken_over() -> None:
    cloud = stacks(**{"global": "CREATE_COMPLETE"})
    assert texts(account._stacks(cloud, plan(env="-dev"))) == []
    (found,) = texts(account._stacks(cloud, plan(env="-dev", primary_region="eu-north-1")))
    assert "is deployed to eu-west-1 and eu-central-1" in found


def test_two_envs_that_share_the_name_of_the_runbook_are_kept_apart() -> None:
    (found,) = texts(account._stacks(stacks(standby="CREATE_COMPLETE"), plan(env="")))
    assert "AutomationFailoverRunbook" in found


def test_what_is_missing_stops_and_aws_is_not_asked_with_bad_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deployment.deployer.preflight.tools", lambda: [Finding.ok("all tools")])
    with pytest.raises(Stopped, match="1 missing"):
        check(FakeCloud(), plan(env="dev"), brief=True)
    assert "ENV=dev" in (said := capsys.readouterr().out)
    assert "all tools" not in said
