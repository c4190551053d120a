"""From units to dollars, by examples that were calculated by hand."""

from __future__ import annotations

import pytest

from tools.cost.bill import Fit, bill, by_service, dollars, fit, per_million, unpriced
from tools.cost.calls import billable, unit_of_call
from tools.cost.other_designs import with_rest_api, with_standard_workflows
from tools.cost.prices import read_prices
from tools.cost.usage import Line

EAST, WEST = "us-east-1", "us-west-2"


def test_a_unit_costs_its_amount_times_its_price() -> None:
    usage = {
        Line("apigateway:RestRequests", EAST, "api"): 1_000_000,
        Line("states:Transitions", EAST, "m"): 30_000,
        Line("logs:Bytes", EAST, "g"): 2_000_000_000,
    }
    costs = {item.unit: item.dollars for item in bill(usage, read_prices())}
    # $3.50 a million; 30,000 at $25 a million; 2 GB at $0.50.
    assert costs == pytest.approx(
        {"apigateway:RestRequests": 3.50, "states:Transitions": 0.75, "logs:Bytes": 1.00}
    )


def test_regions_and_resources_are_added_up_in_one_line() -> None:
    usage = {
        Line("lambda:Requests", EAST, "a"): 1_000_000,
        Line("lambda:Requests", WEST, "a"): 500_000,
        Line("lambda:Requests", EAST, "b"): 500_000,
    }
    (item,) = bill(usage, read_prices())
    assert (item.service, item.amount) == ("Lambda", 2_000_000)
    assert item.dollars == pytest.approx(0.40)


def test_what_only_informs_is_not_on_the_bill() -> None:
    assert bill({Line("states:ExpressStates", EAST, "m"): 7}, read_prices()) == []


def test_services_are_sorted_by_what_they_cost() -> None:
    usage = {
        Line("states:ExpressRequests", EAST, "m"): 1_000_000,  # $1
        Line("states:ExpressGBSeconds", EAST, "m"): 60_000,  # $1.0002
        Line("ses:Recipients", EAST, "a"): 30_000,  # $3
    }
    items = bill(usage, read_prices())
    assert list(by_service(items)) == ["SES", "Step Functions"]
    assert by_service(items)["Step Functions"] == pytest.approx(2.0002)
    assert dollars(items) == pytest.approx(5.0002)


def test_a_million_records_cost_in_proportion() -> None:
    assert per_million(0.02, 5_000) == pytest.approx(4.0)


def test_files_of_two_sizes_tell_what_a_file_costs_and_what_a_record() -> None:
    # $0.001 a file and $4 a million records.
    points = [(1, 1_000, 0.001 + 0.004), (1, 10_000, 0.001 + 0.040), (3, 3_000, 0.003 + 0.012)]
    line = fit(points)
    assert line is not None
    assert (line.per_file, line.per_million) == pytest.approx((0.001, 4.0))


@pytest.mark.parametrize("points", [[], [(1, 1_000, 0.1)], [(1, 1_000, 0.1), (2, 3_000, 0.2)]])
def test_files_of_one_size_do_not_tell_them_apart(points: list[tuple[float, float, float]]) -> None:
    result: Fit | None = fit(points)
    assert result is None


@pytest.mark.parametrize(
    ("action", "unit"),
    [
        ("s3:PutObject", "s3:Tier1Requests"),
        ("s3:ListObjectsV2", "s3:Tier1Requests"),
        ("s3:CopyObject", "s3:Tier1Requests"),
        ("s3:UploadPart", "s3:Tier1Requests"),
        ("s3:CompleteMultipartUpload", "s3:Tier1Requests"),
        ("s3:GetObject", "s3:Tier2Requests"),
        ("s3:HeadObject", "s3:Tier2Requests"),
        ("s3:DeleteObject", None),
        ("s3:DeleteObjects", None),
        ("s3:AbortMultipartUpload", None),
        ("s3:ReplicateObject", None),
        ("s3:ListBucket", None),
        ("s3:ListBuckets", "s3:Tier1Requests"),
        ("s3:GetObjectVersionForReplication", None),
        ("kms:Decrypt", "kms:Requests"),
        ("sqs:ReceiveMessage", "sqs:Requests"),
        ("sns:Publish", "sns:Requests"),
        ("sns:ListTopics", None),
        ("events:PutEvents", "events:CustomEvents"),
        ("stepfunctions:StartExecution", None),
        ("dynamodb:GetItem", None),
    ],
)
def test_calls_are_billed_by_the_class_of_their_action(action: str, unit: str | None) -> None:
    assert unit_of_call(action) == unit


def test_calls_of_one_class_are_added_up_and_free_ones_are_left_out() -> None:
    usage = {
        Line("calls", EAST, "s3:PutObject"): 2.0,
        Line("calls", EAST, "s3:ListObjectsV2"): 3.0,
        Line("calls", EAST, "s3:DeleteObject"): 5.0,
        Line("calls", WEST, "s3:PutObject"): 7.0,
        Line("lambda:Requests", EAST, "f"): 11.0,
    }
    assert billable(usage) == {
        Line("s3:Tier1Requests", EAST, "s3"): 5.0,
        Line("s3:Tier1Requests", WEST, "s3"): 7.0,
        Line("lambda:Requests", EAST, "f"): 11.0,
    }


def test_the_classic_design_has_a_transition_for_every_state() -> None:
    usage = {
        Line("states:Transitions", EAST, "main"): 20.0,
        Line("states:ExpressStates", EAST, "chunks"): 3_000.0,
        Line("states:ExpressRequests", EAST, "chunks"): 10.0,
        Line("states:ExpressGBSeconds", EAST, "chunks"): 5.0,
    }
    assert with_standard_workflows(usage) == {
        Line("states:Transitions", EAST, "main"): 20.0,
        Line("states:Transitions", EAST, "chunks"): 3_000.0,
    }


def test_behind_a_rest_api_each_request_is_one_of_a_rest_api() -> None:
    usage = {
        Line("apigateway:HttpRequests", EAST, "records"): 981.0,
        Line("lambda:Requests", EAST, "enricher"): 981.0,
    }
    assert with_rest_api(usage) == {
        Line("apigateway:RestRequests", EAST, "records"): 981.0,
        Line("lambda:Requests", EAST, "enricher"): 981.0,
    }


def test_a_unit_that_nobody_has_priced_is_named() -> None:
    units = ("lambda:Requests", "lambda:Seconds", "states:ExpressStates", "new:Things")
    usage = {Line(unit, EAST, "r"): 1.0 for unit in units}
    assert unpriced(usage, read_prices()) == {"new:Things"}
