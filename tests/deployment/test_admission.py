"""deployment/deployer/admission.py: how much a Region processes at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployment.deployer.admission import (
    MOST_CALLS_IN_A_ROW,
    MOST_CALLS_OF_FEW_FUNCTIONS,
    MOST_SLOTS,
    SHARE,
    account,
    admission,
    admission_parameters,
    max_rows,
)
from deployment.deployer.capacity import quotas
from deployment.deployer.capacity.model import (
    RUN_SECONDS,
    Account,
    chunk_seconds,
    file_concurrency,
    predict,
    shared_rates,
)
from deployment.deployer.preflight.parameters import parameter_definitions
from splitter.input_size import INPUT_LINES
from tests.deployment.fakes import FakeAws, failing, settings


def account_of(functions: float, api_requests: float = 10_000) -> Account:
    return Account(functions=functions, api_requests=api_requests)


def aws_with(*functions: int, api_requests: float = 10_000) -> FakeAws:
    """Each question for the functions is answered by the next number."""
    numbers = iter(functions)
    gateway = {"throttleSettings": {"rateLimit": api_requests}}

    def limits() -> dict[str, dict[str, int]]:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": next(numbers)}}

    return FakeAws(
        apigateway={"get_account": lambda: gateway}, **{"lambda": {"get_account_settings": limits}}
    )


@pytest.mark.parametrize(
    ("functions", "slots", "of_a_file", "records"),
    [
        (1000, 66, 58, 10),
        (500, 33, 25, 10),
        (100, 6, 4, 10),
        (50, 3, 3, 10),
        (20, 3, 3, 4),
        (10, 3, 3, 2),
        (3, 2, 2, 1),
        (1, 1, 1, 1),
    ],
)
def test_the_width_follows_from_the_quota(
    functions: int, slots: int, of_a_file: int, records: int
) -> None:
    width = admission(account_of(functions), settings())
    assert (width.chunk_slots, width.chunk_concurrency) == (slots, of_a_file)
    assert width.record_concurrency == records


@pytest.mark.parametrize("functions", [*range(1, 40), 99, 500, 1000, 3000, 10_000])
@pytest.mark.parametrize("api_requests", [100, 2_500, 10_000])
def test_what_runs_at_once_leaves_a_third_of_each_quota_free(
    functions: int, api_requests: int
) -> None:
    quotas = account_of(functions, api_requests)
    width = admission(quotas, settings())
    assert 1 <= width.functions <= max(1, functions * SHARE)
    chunks = width.chunk_slots / chunk_seconds(width)
    if width.chunk_slots > 1:
        assert all(chunks <= rate.chunks * SHARE for rate in shared_rates(width, quotas))
    if functions >= 5 and api_requests > 100:
        assert width.chunk_slots >= 3


def test_a_region_of_few_api_requests_has_fewer_slots() -> None:
    few, many = (admission(account_of(1000, requests), settings()) for requests in (2_500, 10_000))
    assert few.chunk_slots < many.chunk_slots / 1.5


def test_a_chunk_is_smaller_where_few_records_are_processed_at_the_same_time() -> None:
    """Otherwise a new account would need all of the chunk's 55 seconds."""
    large = settings(chunk_records="1000")
    widths = {functions: admission(account_of(functions), large) for functions in (10, 1000)}
    assert widths[10].chunk_records == MOST_CALLS_OF_FEW_FUNCTIONS * 2
    assert widths[1000].chunk_records == MOST_CALLS_IN_A_ROW * 10
    assert max(chunk_seconds(width) for width in widths.values()) < 55 / 5
    assert admission(account_of(1000), settings(chunk_records="7")).chunk_records == 7


def test_what_is_set_counts() -> None:
    width = admission(account_of(10), settings(chunk_slots="5", record_concurrency="20"))
    assert (width.chunk_slots, width.record_concurrency) == (5, 20)
    assert admission(account_of(1000), settings(record_concurrency="1")).record_concurrency == 1
    assert admission(account_of(1000), settings(chunk_concurrency="7")).chunk_concurrency == 7


def test_both_regions_get_the_width_of_the_smaller_quota() -> None:
    aws = aws_with(1000, 10)
    assert admission_parameters(aws, settings()) == {
        "ChunkSlots": "3",
        "ChunkConcurrency": "3",
        "RecordConcurrency": "2",
        "ChunkRecords": "24",
        "MaxRows": "1300000",
    }


def test_what_is_set_as_the_most_rows_of_a_file_counts() -> None:
    parameters = admission_parameters(aws_with(1000, 10), settings(max_rows="40000000"))
    assert parameters["MaxRows"] == "40000000"


@pytest.mark.parametrize("functions", [1, 3, 10, 100, 1000, 10_000])
@pytest.mark.parametrize("chunk_records", ["1", "100", "1000"])
def test_a_file_that_is_accepted_is_read_in_a_call_and_processed_in_half_of_a_run(
    functions: int, chunk_records: str
) -> None:
    """Even if its chunks take twice as long as assumed, a run ends in time."""
    account = account_of(functions)
    width = admission(account, settings(chunk_records=chunk_records))
    rows = max_rows(width, account)
    assert 0 < rows <= INPUT_LINES
    assert predict(rows, width, account).seconds <= RUN_SECONDS / 2
    assert predict(rows, width, replace(account, slowness=2.0)).seconds <= RUN_SECONDS
    assert predict(rows, width, account).phases["split"] < quotas.FUNCTION_SECONDS.value
    assert rows / width.chunk_records < quotas.MAP_ITEMS.value / 5


def test_the_most_rows_follow_the_quota_of_functions() -> None:
    """A new account has ten functions at once, and 10 GB of ordinary rows are 125 million."""
    limits = {
        functions: max_rows(admission(account_of(functions), settings()), account_of(functions))
        for functions in (10, 1000)
    }
    assert limits[10] < 125_000_000 < limits[1000]


def test_the_quotas_are_those_of_the_account() -> None:
    assert account(aws_with(120, api_requests=40.0), "us-east-1") == Account(120, 40, 5_000)
    assert account(aws_with(120), "eu-central-1").transitions == 800


def test_the_templates_allow_as_many_slots_and_chunks_as_are_derived() -> None:
    definitions = parameter_definitions()
    assert definitions["ChunkSlots"]["MaxValue"] == MOST_SLOTS
    assert definitions["ChunkConcurrency"]["MaxValue"] >= file_concurrency(MOST_SLOTS)


@pytest.mark.parametrize(("region", "requests"), [("eu-west-1", 10_000), ("eu-south-1", 2_500)])
def test_an_operator_who_may_not_ask_for_the_quota_of_requests_gets_the_default(
    region: str, requests: float
) -> None:
    aws = aws_with(1000)
    aws.services["apigateway"] = {"get_account": failing("AccessDeniedException", "no")}
    assert account(aws, region).api_requests == requests
