"""``make drill``: a Region fails in the middle of a load, and every file is accounted for."""
