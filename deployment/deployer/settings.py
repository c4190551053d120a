"""The settings at the top of the Makefile, as one value."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields

# Settings that the application's templates take as parameters: chunk_records as ChunkRecords.
APPLICATION_SETTINGS = (
    "chunk_records",
    "chunk_bytes",
    "chunk_concurrency",
    "chunk_slots",
    "record_concurrency",
    "records_per_call",
    "max_rows",
    "neutralise_formulas",
    "link_seconds",
    "log_retention_days",
    "failed_hours",
    "sweep_hours",
    "overdue_hours",
)
# The same for templates/foundation.yaml.
FOUNDATION_SETTINGS = ("work_days", "noncurrent_days")


@dataclass(frozen=True)
class Settings:
    """The Makefile describes and exports them, and gives those a default that have one."""

    env: str
    ses_identity: str
    sender: str
    recipient: str
    operator_email: str
    primary_region: str
    secondary_region: str
    primary_cidr: str
    secondary_cidr: str
    arch: str
    chunk_records: str
    chunk_bytes: str
    chunk_concurrency: str
    chunk_slots: str
    record_concurrency: str
    records_per_call: str
    max_rows: str
    neutralise_formulas: str
    link_seconds: str
    log_retention_days: str
    failed_hours: str
    sweep_hours: str
    overdue_hours: str
    work_days: str
    noncurrent_days: str
    chaos_scope: str
    chaos_duration: str
    fence_wait: str
    replication_wait: str
    traffic: str
    financial_data: str

    @staticmethod
    def from_environment() -> Settings:
        names = [field.name for field in fields(Settings)]
        return Settings(**{name: os.environ.get(name.upper(), "").strip() for name in names})

    @property
    def regions(self) -> tuple[str, str]:
        return self.primary_region, self.secondary_region

    def parameters(self, names: Iterable[str]) -> dict[str, str]:
        """These settings under the names of their parameters."""
        return {parameter_name(name): getattr(self, name) for name in names}


def parameter_name(setting: str) -> str:
    """`ChunkRecords` for `chunk_records`."""
    return "".join(word.capitalize() for word in setting.split("_"))
