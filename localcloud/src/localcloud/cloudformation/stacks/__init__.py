"""Stacks: created, updated, rolled back and deleted."""
