"""Judges a record by the user's rules."""
