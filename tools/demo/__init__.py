"""``make demo``: the whole system once, by a user's own commands, and a check of the result."""
