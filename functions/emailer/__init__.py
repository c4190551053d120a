"""Mails the result of a run and closes its row."""
