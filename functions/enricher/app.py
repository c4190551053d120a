"""API Gateway invokes it: adds the financial data of a record's uuid to the record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from enricher.financial_data import NoFinancialData, financial_columns
from enricher.request import BadRequest, request_fields

DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """The table of the financial data."""

    financial_table: str


class Response(TypedDict):
    """What API Gateway expects of a Lambda proxy integration."""

    statusCode: int
    headers: dict[str, str]
    body: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> Response:
    """Proxy event with the input columns → 200 with all columns, or 404 or 400 with `reasons`.

    Only 404 makes a reject of the record, with these reasons. Any other error is answered by 502,
    which the state machine tries again a few times. If it were raised, an HTTP API would answer
    500, as it does if Lambda throttles the function, and that is waited out.
    """
    try:
        fields = request_fields(event)
        response = DYNAMODB.get_item(
            TableName=settings.financial_table, Key={"uuid": {"S": fields["uuid"]}}
        )
        return _response(200, fields | financial_columns(response.get("Item")))
    except BadRequest as error:
        return _response(400, {"reasons": [str(error)]})
    except NoFinancialData as error:
        return _response(404, {"reasons": error.reasons})
    except Exception:  # whichever: the answer must not be that of a throttled function
        logger.exception("Not enriched")
        return _response(502, {"reasons": ["the enricher failed; its log says why"]})


def _response(status: int, body: Mapping[str, Any]) -> Response:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, ensure_ascii=False),
    }
