"""The state types."""
