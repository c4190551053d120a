"""An HTTP API invokes it: adds the financial data of their uuids to records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from enricher.enrichment import enrich
from enricher.financial_items import TableThrottled, financial_items
from enricher.request import BadRequest, requested_records

DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """The table of the financial data."""

    financial_table: str


class Response(TypedDict):
    """What an HTTP API takes for a whole response, in format 2.0."""

    statusCode: int
    headers: dict[str, str]
    body: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> Response:
    """Event of format 2.0 with `{"records": […]}` → 200 with `{"enriched": […], "rejected": […]}`.

    400: the body is not that. 429: the table is throttled, which the state machine waits out. 502:
    any other error, which it tries again a few times. If that were raised, an HTTP API would answer
    500, as it does if Lambda throttles the function, and that is waited out, too.
    """
    try:
        records = requested_records(event)
        uuids = [record["fields"]["uuid"] for record in records]
        items = financial_items(DYNAMODB, settings.financial_table, uuids)
        return _response(200, enrich(records, items))
    except BadRequest as error:
        return _response(400, {"message": str(error)})
    except TableThrottled:
        return _response(429, {"message": "DynamoDB throttles the table of the financial data"})
    except Exception:  # whichever: the answer must not be that of a throttled function
        logger.exception("Not enriched")
        return _response(502, {"message": "the enricher failed; its log says why"})


def _response(status: int, body: Mapping[str, Any]) -> Response:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, ensure_ascii=False),
    }
