"""Computes the tables of docs/limits.md from the templates, the state machines and the model."""
