"""Turns a chunk into records."""
