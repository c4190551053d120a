"""Renews the tables of docs/limits.md: `make limits`."""

from __future__ import annotations

from tools.limits.page import PAGE, renewed

PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
