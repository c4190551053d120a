"""``make acceptance``: deploys an ENV of its own, checks every claim, destroys it, reports."""
