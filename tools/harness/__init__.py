"""What demo, drill, benchmarks and tests share: the user's shell, and what has to come out."""
