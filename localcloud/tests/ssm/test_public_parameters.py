"""AWS's public parameters: those below the path that was asked for, and no others, take memory."""

from __future__ import annotations

from moto.ssm.models import ssm_backends

from localcloud.settings import ACCOUNT_ID
from tests.ssm.conftest import REGION, Lab

SERVICES = "/aws/service/global-infrastructure/regions/us-east-1/services"


def parameters(lab: Lab, path: str) -> dict[str, str]:
    pages = lab.ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    return {item["Name"]: item["Value"] for page in pages for item in page["Parameters"]}


def test_the_services_of_a_region_are_those_that_aws_publishes(lab: Lab) -> None:
    services = parameters(lab, SERVICES)
    assert services[f"{SERVICES}/lambda"] == "lambda"
    assert len(services) > 200
    assert parameters(lab, f"{SERVICES}/") == services


def test_only_what_is_below_the_path_takes_memory(lab: Lab) -> None:
    parameters(lab, SERVICES)
    names = ssm_backends[ACCOUNT_ID][REGION]._parameters.keys()
    assert names
    assert all(name.startswith(SERVICES) for name in names)


def test_a_path_within_one_that_was_asked_for_already_has_each_parameter_once(lab: Lab) -> None:
    endpoint = {f"{SERVICES}/lambda/endpoint": "lambda.us-east-1.amazonaws.com"}
    for _ in range(2):
        found = parameters(lab, f"{SERVICES}/lambda")
        assert endpoint.items() <= found.items()
        parameters(lab, SERVICES)
    versions = ssm_backends[ACCOUNT_ID][REGION]._parameters[f"{SERVICES}/lambda/endpoint"]
    assert len(versions) == 1


def test_a_path_that_aws_does_not_have_is_empty(lab: Lab) -> None:
    assert parameters(lab, "/aws/service/global-infrastructure/regions/atlantis-1/services") == {}
    assert parameters(lab, "/aws/service/global-infrastructure") == {}
