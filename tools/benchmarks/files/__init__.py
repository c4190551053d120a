"""`make bench-files`: what splitter and merger cost, beside other ways to read CSV."""
