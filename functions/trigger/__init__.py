"""Starts a run for an uploaded file, in the active Region only."""
