"""What the Makefile sets, as one value."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings at the top of the Makefile, which exports and describes them."""

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
    tuning: str
    chaos_scope: str
    chaos_duration: str
    fence_wait: str
    replication_wait: str
    financial_data: str

    @staticmethod
    def from_environment() -> Settings:
        names = Settings.__dataclass_fields__
        return Settings(**{name: os.environ.get(name.upper(), "").strip() for name in names})

    @property
    def regions(self) -> tuple[str, str]:
        return self.primary_region, self.secondary_region
