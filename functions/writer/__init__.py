"""Turns enriched records back into a chunk."""
