"""Mails the outcome and closes the run's row."""
