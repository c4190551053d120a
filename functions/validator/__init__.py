"""Checks a record against the user's rules."""
