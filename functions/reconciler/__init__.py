"""Hands every unfinished file to the newly active Region."""
