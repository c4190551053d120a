"""deployment/deployer/preflight/: what is missing on the machine, in the account, in a Region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError

from deployment.deployer.errors import DeployError
from deployment.deployer.preflight import account, machine, run_preflight
from deployment.deployer.preflight.access_points import check_access_point
from deployment.deployer.preflight.credentials import check_lifetime
from deployment.deployer.preflight.finding import Finding
from deployment.deployer.preflight.mail import check_mail
from deployment.deployer.preflight.quotas import check_quotas
from deployment.deployer.preflight.regions import NEEDED, check_regions, check_services
from deployment.deployer.zones import ENDPOINTS, zone_parameters
from tests.deployment.fakes import FakeAws, Operation, failing, plan, settings
from tests.deployment.programs import FakePrograms

REGION = "eu-west-1"
MISSING = failing("ValidationError", "Stack with id s does not exist")


def texts(findings: Any, level: str = "MISSING") -> list[str]:
    return [finding.text for finding in findings if finding.level == level]


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch, programs: FakePrograms) -> None:
    monkeypatch.setenv("PATH", str(programs.folder))
    assert [text.split()[0] for text in texts(machine.check_tools())] == ["aws", "sam", "bash"]


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("aws-cli/1.20.9 Python/3.8", "MISSING"),
        ("aws-cli/1.46.3 Python/3.11", "ok"),
        ("aws-cli/2.2.24 Python/3.8", "MISSING"),
        ("aws-cli/2.31.0 Python/3.13", "ok"),
        ("aws-cli/3.0.0", "warning"),
    ],
)
def test_a_tool_has_to_be_new_enough(
    version: str, level: str, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("aws", f"echo {version}")
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")
    assert machine.check_tools()[0].level == level


def test_missing_and_expired_credentials_are_distinguished() -> None:
    def none(**_params: str) -> None:
        raise NoCredentialsError

    finding = account.check_credentials(FakeAws(sts={"get_caller_identity": none}), REGION)
    assert "none were found" in finding.text
    stale = {"get_caller_identity": failing("ExpiredToken", "expired")}
    assert "ExpiredToken" in account.check_credentials(FakeAws(sts=stale), REGION).text


def test_a_region_has_to_exist_and_to_be_enabled() -> None:
    listed = [
        {"RegionName": REGION, "OptInStatus": "opt-in-not-required"},
        {"RegionName": "ap-east-1", "OptInStatus": "not-opted-in"},
    ]
    aws = FakeAws(ec2={"describe_regions": lambda **_: {"Regions": listed}})
    assert texts(check_regions(aws, (REGION, REGION))) == []
    (disabled, unknown) = texts(check_regions(aws, ("ap-east-1", "eu-east-9")))
    assert "not enabled" in disabled
    assert "no such Region" in unknown


ALL_ZONES = [f"{REGION}{letter}" for letter in "abc"]
EVERYWHERE = dict.fromkeys((*ENDPOINTS, "lambda"), ALL_ZONES)


def region_with(offered: tuple[str, ...], zones: dict[str, list[str]]) -> FakeAws:
    """In the Region, zone d is impaired, and a Local Zone is enabled."""
    names = [{"Value": name} for name in offered]
    details = [
        {"ServiceName": f"com.amazonaws.{REGION}.{name}", "AvailabilityZones": zone_names}
        for name, zone_names in zones.items()
    ]
    described = [
        {"ZoneName": name, "ZoneType": "availability-zone", "State": "available"}
        for name in reversed(ALL_ZONES)
    ]
    described += [
        {"ZoneName": f"{REGION}d", "ZoneType": "availability-zone", "State": "impaired"},
        {"ZoneName": f"{REGION}-ber-1a", "ZoneType": "local-zone", "State": "available"},
    ]
    return FakeAws(
        ssm={"get_parameters_by_path": lambda **_: [{"Parameters": names}]},
        ec2={
            "describe_availability_zones": lambda: {"AvailabilityZones": described},
            "describe_vpc_endpoint_services": lambda **_: [{"ServiceDetails": details}],
        },
        cloudformation={"describe_stacks": MISSING},
    )


def test_a_region_has_to_offer_every_service() -> None:
    assert texts(check_services(region_with(NEEDED, EVERYWHERE), REGION)) == []
    some = tuple(name for name in NEEDED if name not in ("fis", "ses"))
    assert "lacks fis, ses" in texts(check_services(region_with(some, EVERYWHERE), REGION))[0]


def test_a_region_needs_two_zones_that_have_lambda_and_every_endpoint() -> None:
    zones = {**EVERYWHERE, "lambda": ALL_ZONES[:2], "sns": ALL_ZONES[1:]}
    (text,) = texts(check_services(region_with(NEEDED, zones), REGION))
    assert f"{REGION} has only 1 zones with Lambda" in text
    del zones["email"]
    (email, _) = texts(check_services(region_with(NEEDED, zones), REGION))
    assert f"no VPC endpoint com.amazonaws.{REGION}.email" in email


def test_the_first_two_zones_that_have_all_are_chosen() -> None:
    zones = {**EVERYWHERE, "lambda": [ALL_ZONES[0], ALL_ZONES[2], f"{REGION}d", f"{REGION}-ber-1a"]}
    foundation = plan().foundations[0]
    assert zone_parameters(region_with(NEEDED, zones), foundation) == {
        "ZoneA": ALL_ZONES[0],
        "ZoneB": ALL_ZONES[2],
    }


def test_the_zones_of_a_network_that_stands_are_never_changed() -> None:
    deployed = {"ZoneA": ALL_ZONES[1], "ZoneB": ALL_ZONES[2]}
    pairs = [{"ParameterKey": name, "ParameterValue": zone} for name, zone in deployed.items()]
    aws = region_with(NEEDED, EVERYWHERE)
    aws.services["cloudformation"] = {
        "describe_stacks": lambda **_: {"Stacks": [{"Parameters": pairs}]}
    }
    assert zone_parameters(aws, plan().foundations[0]) == deployed


def test_both_regions_can_have_a_bucket_of_the_access_point() -> None:
    assert check_access_point(REGION).is_ok
    assert check_access_point("me-south-1").is_ok
    assert "choose another Region" in check_access_point("mx-central-1").text


def temporary_credentials(method: str = "env", *, is_temporary: bool = True) -> FakeAws:
    aws = FakeAws()
    credentials = Credentials("key", "secret", "session" if is_temporary else None, method)
    aws.credentials = lambda: credentials  # type: ignore[method-assign]
    return aws


@pytest.mark.parametrize(("minutes", "is_missing"), [(30, True), (90, False)])
def test_credentials_have_to_outlive_the_deployment(
    monkeypatch: pytest.MonkeyPatch, minutes: int, is_missing: bool
) -> None:
    end = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", f"{end:%Y-%m-%dT%H:%M:%SZ}")
    findings = list(check_lifetime(temporary_credentials()))
    assert [finding.is_missing for finding in findings] == [True] * is_missing


def test_temporary_credentials_of_unknown_age_are_a_warning_and_others_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_CREDENTIAL_EXPIRATION", raising=False)
    (finding,) = check_lifetime(temporary_credentials())
    assert finding.level == "warning"
    for aws in (temporary_credentials("sso"), temporary_credentials(is_temporary=False)):
        assert list(check_lifetime(aws)) == []


def ses(verified: set[str], *, production: bool) -> FakeAws:
    def identity(EmailIdentity: str) -> dict[str, bool]:  # noqa: N803 - named by the API
        return {"VerifiedForSendingStatus": EmailIdentity in verified}

    allowed = {"ProductionAccessEnabled": production}
    return FakeAws(sesv2={"get_email_identity": identity, "get_account": lambda: allowed})


def test_the_identity_has_to_be_verified_and_in_the_sandbox_the_recipient_too() -> None:
    sandbox = settings(recipient="her@example.org")
    assert (
        "SES_IDENTITY you@example.com"
        in texts(check_mail(ses(set(), production=True), sandbox, REGION))[0]
    )
    assert texts(check_mail(ses({"you@example.com"}, production=True), sandbox, REGION)) == []
    (recipient,) = texts(check_mail(ses({"you@example.com"}, production=False), sandbox, REGION))
    assert "RECIPIENT" in recipient
    assert "create-email-identity --email-identity her@example.org" in recipient
    both = ses({"you@example.com", "example.org"}, production=False)
    assert texts(check_mail(both, sandbox, REGION)) == []


def account_with(functions: int, vpcs: int, quota: Operation) -> FakeAws:
    limits = {"AccountLimit": {"UnreservedConcurrentExecutions": functions}}
    return FakeAws(
        cloudformation={"describe_stacks": MISSING},
        ec2={"describe_vpcs": lambda: {"Vpcs": [{}] * vpcs}},
        service_quotas={"get_service_quota": quota},
        apigateway={"get_account": lambda: {"throttleSettings": {"rateLimit": 10_000.0}}},
        **{"lambda": {"get_account_settings": lambda: limits}},
    )


def five(**_params: str) -> Any:
    return {"Quota": {"Value": 5.0}}


def test_quotas_that_are_too_small_are_named() -> None:
    assert [
        finding.level for finding in check_quotas(account_with(1000, 4, five), plan(), REGION)
    ] == [
        "ok",
        "ok",
    ]
    few, vpcs = check_quotas(account_with(10, 5, five), plan(), REGION)
    assert few.level == "warning"
    assert "3 chunks of 2 records" in few.text
    assert "a file of a million rows in about" in few.text
    assert vpcs.is_missing
    assert "--desired-value 6" in vpcs.text
    denied = account_with(1000, 4, failing("AccessDeniedException", "no"))
    assert [finding.level for finding in check_quotas(denied, plan(), REGION)] == ["ok", "warning"]


def deployed(**statuses: str) -> FakeAws:
    """The statuses of stacks by kind, all deployed to eu-west-1 and eu-central-1."""
    regions = {"PrimaryRegion": "eu-west-1", "SecondaryRegion": "eu-central-1"}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in regions.items()]

    def describe(StackName: str) -> Any:  # noqa: N803 - named by the API
        kind = StackName.split("-")[1]
        if kind not in statuses or StackName != f"batch-{kind}-dev":
            raise MISSING() from None
        return {"Stacks": [{"StackStatus": statuses[kind], "Parameters": parameters}]}

    return FakeAws(cloudformation={"describe_stacks": describe})


def test_a_stack_that_is_being_changed_or_stuck_is_named() -> None:
    aws = deployed(tables="UPDATE_IN_PROGRESS", primary="UPDATE_ROLLBACK_FAILED")
    busy, stuck = texts(account._check_stacks(aws, plan(env="-dev")))
    assert "batch-tables-dev in eu-west-1 is UPDATE_IN_PROGRESS" in busy
    assert "continue-update-rollback --stack-name batch-primary-dev" in stuck


def test_an_env_that_is_deployed_to_other_regions_is_not_taken_over() -> None:
    aws = deployed(**{"global": "CREATE_COMPLETE"})
    assert texts(account._check_stacks(aws, plan(env="-dev"))) == []
    (text,) = texts(account._check_stacks(aws, plan(env="-dev", primary_region="eu-north-1")))
    assert "is deployed to eu-west-1 and eu-central-1" in text


def test_two_envs_that_share_the_name_of_the_runbook_are_kept_apart() -> None:
    (text,) = texts(account._check_stacks(deployed(standby="CREATE_COMPLETE"), plan(env="")))
    assert "AutomationFailoverRunbook" in text


def test_malformed_settings_stop_the_command_before_aws_is_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "deployment.deployer.preflight.check_tools", lambda: [Finding.ok("all tools")]
    )
    with pytest.raises(DeployError, match="1 missing"):
        run_preflight(FakeAws(), plan(env="dev"), brief=True)
    assert "ENV=dev" in (output := capsys.readouterr().out)
    assert "all tools" not in output
