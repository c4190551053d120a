"""Joins the enriched chunks into the output."""
