"""Adds the financial columns to records, or rejects those that have none."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from common.records import OUTPUT_COLUMNS, EnrichedRecord, Record, RejectedRecord, reject
from enricher.financial_data import NoFinancialData, financial_columns


class Enrichment(TypedDict):
    """The records in their order; those that are rejected have every reason."""

    enriched: list[EnrichedRecord]
    rejected: list[RejectedRecord]


def enrich(records: Iterable[Record], items: Mapping[str, Mapping[str, Any]]) -> Enrichment:
    """Return the records as cells, with those of their uuid's item in the financial table."""
    result = Enrichment(enriched=[], rejected=[])
    for record in records:
        try:
            columns = financial_columns(items.get(record["fields"]["uuid"]))
        except NoFinancialData as error:
            result["rejected"].append(reject(record, error.reasons))
        else:
            fields = record["fields"] | columns
            cells = [fields[column] for column in OUTPUT_COLUMNS]
            result["enriched"].append({"row": record["row"], "cells": cells})
    return result
