"""Adds the financial data to a record, behind API Gateway."""
