"""Adds the financial columns to records, or rejects those that have none."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from common.records import EnrichedRecord, Record, RejectedRecord, reject
from enricher.financial_data import NoFinancialData, financial_columns


class Enrichment(TypedDict):
    """The records in their order; those that are rejected have every reason."""

    enriched: list[EnrichedRecord]
    rejected: list[RejectedRecord]


def enrich(records: Iterable[Record], items: Mapping[str, Mapping[str, Any]]) -> Enrichment:
    """Return the records with the columns of their uuid's item in the financial table."""
    result = Enrichment(enriched=[], rejected=[])
    for record in records:
        try:
            columns = financial_columns(items.get(record["fields"]["uuid"]))
        except NoFinancialData as error:
            result["rejected"].append(reject(record, error.reasons))
        else:
            result["enriched"].append({"row": record["row"], "fields": record["fields"] | columns})
    return result
