"""``make soak``: deploys once, then plays the plans of many seeds, or of one to replay it.

python -m tests.resilience --seeds 200 --first 1      # SEEDS=200 FIRST=1
python -m tests.resilience --seed 17                  # SEED=17
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.system import deployed
from tests.resilience.generator import make_plan
from tests.resilience.run import TIME_SCALE, Proof, Verdict
from tools.harness.shell import CommandFailed


def main() -> int:
    options = _options()
    seeds = [options.seed] if options.seed else range(options.first, options.first + options.seeds)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with deployed(Path(folder) / "state", TIME_SCALE) as system:
                proof = Proof(system, Path(folder))
                with proof.quick():
                    verdicts = _play(proof, list(seeds), verbose=bool(options.seed))
        except CommandFailed as error:
            print(f"\nThe proof could not begin: {error}", file=sys.stderr)
            return 1
    return _summary(verdicts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one, with its plan")
    return parser.parse_args()


def _play(proof: Proof, seeds: list[int], *, verbose: bool) -> list[Verdict]:
    verdicts = []
    for number, seed in enumerate(seeds, start=1):
        plan = make_plan(seed)
        if verbose:
            print(plan, flush=True)
        try:
            verdict = proof.play(plan)
        except KeyboardInterrupt:  # what was played so far is told all the same
            break
        verdicts.append(verdict)
        print(f"[{number}/{len(seeds)}] {line(verdict)}", flush=True)
        if verdict.complaints or verbose:
            print(explain(verdict), flush=True)
    return verdicts


def line(verdict: Verdict) -> str:
    files = sum(len(act.files) for act in verdict.plan.acts)
    ended = "FAILED" if verdict.complaints else "ok"
    notes = Counter(
        {
            "mailed twice (residual)": verdict.twice,
            "uncertain": verdict.uncertain,
            "notices of failure": verdict.notices,
        }
    )
    words = "".join(f", {n} {what}" for what, n in notes.items() if n)
    counts = f"{files} files, {len(verdict.struck)} strikes, {verdict.seconds:.0f} s"
    return f"seed {verdict.plan.seed}: {ended}, {counts}{words}"


def explain(verdict: Verdict) -> str:
    """For a reader of a failure: the plan, what of it came about, what is wrong, how to replay."""
    parts = [
        str(verdict.plan),
        "What struck:\n" + "\n".join(f"    {one}" for one in verdict.struck),
        "Wrong:\n" + "\n".join(f"    {one}" for one in verdict.complaints or ["nothing"]),
        f"Replay it with: make soak SEED={verdict.plan.seed}",
    ]
    return "\n".join(parts)


def _summary(verdicts: list[Verdict]) -> int:
    failed = [verdict.plan.seed for verdict in verdicts if verdict.complaints]
    seconds = sum(verdict.seconds for verdict in verdicts)
    print(
        f"\n{time.strftime('%Y-%m-%d %H:%M')}: {len(verdicts)} seeds in {seconds:.0f} s,"
        f" {sum(len(act.files) for v in verdicts for act in v.plan.acts)} files,"
        f" {sum(len(v.struck) for v in verdicts)} strikes;"
        f" uncertain mails {sum(v.uncertain for v in verdicts)},"
        f" known residual {sum(v.twice for v in verdicts)},"
        f" notices of failure {sum(v.notices for v in verdicts)}; failed seeds: {failed or 'none'}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
