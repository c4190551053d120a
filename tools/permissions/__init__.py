"""`make permissions`: what each role may do, and what the runs of the local cloud needed of it."""
