"""The words that all functions share."""
