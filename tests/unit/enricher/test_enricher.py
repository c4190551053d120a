"""The enricher behind API Gateway."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from common.records import FINANCIAL_ATTRIBUTES, OUTPUT_COLUMNS
from enricher import app
from enricher.financial_data import NoFinancialData, financial_columns
from tests.unit.helpers import FINANCIAL_TABLE, raising, set_environment
from tests.unit.samples import FINANCIAL_COLUMNS, RECORD

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

ITEM: Any = {"uuid": {"S": RECORD["uuid"]}} | {
    attribute: {"N": FINANCIAL_COLUMNS[column]}
    for column, attribute in FINANCIAL_ATTRIBUTES.items()
}
Call = Callable[[Any], tuple[int, Any]]


@pytest.fixture
def call(dynamodb: DynamoDBClient, context: LambdaContext, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The handler, with one item in the table; returns the status and the parsed body."""
    set_environment(monkeypatch, FINANCIAL_TABLE=FINANCIAL_TABLE)
    monkeypatch.setattr("enricher.financial_items.time.sleep", lambda _: None)
    dynamodb.put_item(TableName=FINANCIAL_TABLE, Item=ITEM)

    def post(body: Any) -> tuple[int, Any]:
        response = app.handler({"body": body, "isBase64Encoded": False}, context)
        assert response["headers"] == {"Content-Type": "application/json"}
        return response["statusCode"], json.loads(response["body"])

    return post


def record(row: int = 1, **changes: Any) -> dict[str, Any]:
    return {"row": row, "line": row + 1, "fields": RECORD | changes}


def request(*records: Any) -> str:
    return json.dumps({"records": records})


def test_a_known_uuid_gets_all_columns_in_output_order(call: Call) -> None:
    fields = dict(reversed(RECORD.items())) | FINANCIAL_COLUMNS
    status, body = call(request({**record(7), "fields": fields}))
    assert status == 200
    assert body == {
        "enriched": [{"row": 7, "cells": [fields[column] for column in OUTPUT_COLUMNS]}],
        "rejected": [],
    }


def test_text_beyond_ascii_stays_as_it_is(call: Call) -> None:
    _, body = call(request(record(Country="Côte d'Ivoire")))
    assert body["enriched"][0]["cells"][1] == "Côte d'Ivoire"


def test_defect_12_an_unknown_uuid_is_rejected_with_a_reason(call: Call) -> None:
    unknown = record(uuid="000000000")
    status, body = call(request(unknown))
    assert status == 200
    assert body == {
        "enriched": [],
        "rejected": [unknown | {"reasons": ["no financial data for this uuid"]}],
    }


def test_records_of_one_request_have_each_its_own_result_in_their_order(call: Call) -> None:
    """One uuid may occur twice, which BatchGetItem refuses."""
    records = [record(4), record(5, uuid="000000000"), record(6), record(7, uuid="000000001")]
    _, body = call(request(*records))
    assert [item["row"] for item in body["enriched"]] == [4, 6]
    assert [(item["row"], item["line"]) for item in body["rejected"]] == [(5, 6), (7, 8)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "the body is not JSON"),
        ("", "the body is not JSON"),
        ("{", "the body is not JSON"),
        ("[]", "the body is not a JSON object"),
        ("{}", "the body has no list of records"),
        (request(), "the body has no list of records"),  # DynamoDB would refuse no keys
        (request(5), "a record has no fields"),
        (request({"row": 1}), "a record has no fields"),
        (request({"fields": RECORD}), "a record lacks: row, line"),
        (request(record(Region=None)), "a record lacks: Region"),
        (request(record(Region=5)), "a record lacks: Region"),
        (request(record(uuid="")), "a uuid is empty"),
        (request(*[record()] * 101), "more than 100 records"),
    ],
)
def test_a_body_without_records_is_a_bad_request(call: Call, body: Any, message: str) -> None:
    assert call(body) == (400, {"message": message})


@pytest.mark.usefixtures("call")
def test_a_body_that_api_gateway_encoded_is_decoded(context: LambdaContext) -> None:
    encoded = base64.b64encode(request(record()).encode()).decode()
    response = app.handler({"body": encoded, "isBase64Encoded": True}, context)
    assert response["statusCode"] == 200


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 429),
        ("ThrottlingException", 429),
        ("InternalServerError", 502),
        ("AccessDeniedException", 502),
    ],
)
def test_defect_11_an_error_of_dynamodb_rejects_nothing_and_is_not_taken_for_a_throttled_function(
    call: Call, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    """API Gateway answers 500 for a function that is throttled, and for one that raises."""
    monkeypatch.setattr(app.DYNAMODB, "batch_get_item", raising(code))
    assert call(request(record()))[0] == status


def leave_out(times: int) -> Callable[..., Any]:
    """Return a BatchGetItem that leaves its keys out so many times."""
    batch_get_item, answers = app.DYNAMODB.batch_get_item, iter(range(times))

    def answer(RequestItems: Any) -> Any:  # noqa: N803 - named by the API
        if next(answers, None) is not None:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        return batch_get_item(RequestItems=RequestItems)

    return answer


@pytest.mark.parametrize(("times", "status"), [(1, 200), (4, 200), (5, 429)])
def test_keys_that_dynamodb_left_out_are_read_again_a_few_times(
    call: Call, monkeypatch: pytest.MonkeyPatch, times: int, status: int
) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
    monkeypatch.setattr(app.DYNAMODB, "batch_get_item", leave_out(times))
    answered, body = call(request(record()))
    assert answered == status
    if status == 200:
        assert len(body["enriched"]) == 1


NULL: Any = {"NULL": True}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unitPrice": None}, "Unit Price is missing"),
        ({"unitPrice": NULL}, "Unit Price is missing"),
        ({"totalProfit": {"S": "15"}}, "Total Profit is text instead of a number"),
        ({"totalCost": {"BOOL": True}}, "Total Cost is not a number"),
        ({"unitsSold": {"N": "1.5"}}, "Units Sold is 1.5 instead of a whole number"),
        ({"unitCost": {"N": "1E+99"}}, "Unit Cost takes more than 42 characters (1E+99)"),
    ],
)
def test_defect_12_a_reason_names_the_column_and_what_is_wrong_with_its_value(
    call: Call, dynamodb: DynamoDBClient, change: dict[str, Any], reason: str
) -> None:
    item = {name: value for name, value in (ITEM | change).items() if value}
    dynamodb.put_item(TableName=FINANCIAL_TABLE, Item=item)
    _, body = call(request(record()))
    (rejected,) = body["rejected"]
    assert rejected["reasons"] == [f"{reason} in the financial data for this uuid"]


def test_every_value_that_is_wrong_has_a_reason() -> None:
    with pytest.raises(NoFinancialData) as caught:
        financial_columns({"uuid": ITEM["uuid"], "unitsSold": {"S": "10"}})
    first, *others = caught.value.reasons
    assert first.startswith("Units Sold is text")
    assert [reason.partition(" is ")[0] for reason in others] == list(FINANCIAL_ATTRIBUTES)[1:]


def test_amounts_keep_every_digit_and_have_two_decimals_at_least() -> None:
    columns = financial_columns(ITEM | {"unitCost": {"N": "0.005"}, "unitPrice": {"N": "2.5"}})
    assert (columns["Unit Cost"], columns["Unit Price"]) == ("0.005", "2.50")
