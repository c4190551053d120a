"""``make demo``: the whole system once, with a user's own commands, and a check of what came out."""
