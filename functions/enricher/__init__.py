"""Adds the financial data to records, behind an HTTP API."""
