"""What demo, drill, benchmarks and tests share: the shell, the runs, and what has to come out."""

import sys
from pathlib import Path

# The state of a run is read by the product's own function, whose modules import one another as
# Lambda does: from the folder of the functions.
sys.path.append(str(Path(__file__).resolve().parents[2] / "functions"))
