"""`make load`: many files at once, and a large one, in an account of few concurrent functions."""
