"""Deploys once, then carries out the plans of many seeds, or of one to replay it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import localcloud.virtual_time as virtual_time
from localcloud.testing import LocalCloud

from tests.e2e.system import deployed
from tests.resilience.generator import make_plan
from tests.resilience.mutations import MUTATIONS
from tests.resilience.runner import Result, Runner
from tools.harness.shell import CommandFailed

_MUTATIONS_HELP = "put faults in, one by one: with the seeds known to find them, or a search"
WARM_UP = 0  # a seed that comes first and is not counted: it fills the local cloud's caches
DEPLOY_SCALE = 0.01  # deploying takes real time


def main() -> int:
    options = _options()
    seeds = [options.seed] if options.seed else range(options.first, options.first + options.seeds)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with deployed(Path(folder) / "state", DEPLOY_SCALE, _run_in_process) as system:
                runner = Runner(system, Path(folder))
                with _virtual_time(), runner.prepared():
                    return _run(runner, options, list(seeds), Path(folder))
        except CommandFailed as error:
            print(f"\nThe resilience runs could not begin: {error}", file=sys.stderr)
            return 1


def _run(runner: Runner, options: argparse.Namespace, seeds: list[int], folder: Path) -> int:
    """Return the exit code."""
    runner.run(make_plan(WARM_UP))
    if options.mutations == "search":
        return _run_mutations(runner, seeds, folder)
    code = _summary(_run_all(runner, options, seeds))
    if options.mutations == "known":
        code = _run_mutations(runner, [], folder) or code
    return code


@contextmanager
def _virtual_time() -> Iterator[None]:
    virtual_time.leave_real_time()
    try:
        yield
    finally:
        virtual_time.return_to_real_time()


def _run_in_process(cloud: LocalCloud) -> None:
    cloud.functions.run_in_process()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one, with its plan")
    parser.add_argument("--times", type=int, default=1, help="how often each; fails if it differs")
    parser.add_argument("--mutations", choices=("known", "search"), help=_MUTATIONS_HELP)
    return parser.parse_args()


def _run_all(runner: Runner, options: argparse.Namespace, seeds: list[int]) -> list[Result]:
    results = []
    for number, seed in enumerate(seeds, start=1):
        result = runner.run(make_plan(seed))
        for _ in range(1, options.times):
            again = runner.run(make_plan(seed)).digest
            if again != result.digest:
                result.violations.append(f"not the same each time: {result.digest}, {again}")
        results.append(result)
        print(f"[{number}/{len(seeds)}] {line(result)}", flush=True)
        if result.violations or options.seed:
            print(explain(result), flush=True)
    return results


def _run_mutations(runner: Runner, seeds: list[int], folder: Path) -> int:
    """Run the known seed of each mutation, or ``seeds`` until one finds it; the exit code."""
    missed = []
    for number, mutation in enumerate(MUTATIONS):
        change = mutation.applied_in(folder / f"mutation-{number}")
        with runner.cloud.functions.change_code(change):
            results = _until_a_violation(runner, seeds or mutation.seeds)
        violations = results[-1].violations if results else []
        missed += [mutation.claim] if results and not violations else []
        cpu = sum(result.seconds for result in results)
        seed = f"seed {results[-1].plan.seed}" if violations else "no seed"
        print(f"{mutation.claim}: {seed}, of {len(results)}, {cpu:.0f} s of CPU time")
        print("\n".join(f"    {text[:300]}" for text in violations[:3]), flush=True)
    print(f"Mutations that no seed has found: {missed or 'none'}.")
    return 1 if missed else 0


def _until_a_violation(runner: Runner, seeds: Iterable[int]) -> list[Result]:
    results: list[Result] = []
    for seed in seeds:
        results.append(runner.run(make_plan(seed)))
        if results[-1].violations:
            break
    return results


def line(result: Result) -> str:
    """One sentence for each seed."""
    verdict = "failed" if result.violations else "passed"
    notes = "".join(f", {note}" for note in _notes([result]))
    return (
        f"Seed {result.plan.seed} {verdict} in {result.seconds:.1f} s:"
        f" {len(result.plan.files)} files, {len(result.injected)} faults{notes}."
        f" Trace {result.digest}."
    )


def _notes(results: list[Result]) -> list[str]:
    counts = {
        "mailed twice (the known residual)": sum(result.mailed_twice for result in results),
        "with an uncertain mail": sum(result.uncertain_mails for result in results),
        "notices of a failure": sum(result.failure_notices for result in results),
    }
    return [f"{count} {name}" for name, count in counts.items() if count]


def explain(result: Result) -> str:
    """For a reader of a failure: the plan, which faults occurred, what is wrong, how to replay."""
    parts = [
        str(result.plan),
        "These faults occurred:\n" + "\n".join(f"    {text}" for text in result.injected),
        "This is wrong:\n" + "\n".join(f"    {text}" for text in result.violations or ["nothing"]),
        f"Replay it with: make soak SEED={result.plan.seed}",
    ]
    return "\n".join(parts)


def _summary(results: list[Result]) -> int:
    failed = [result.plan.seed for result in results if result.violations]
    seconds = sum(result.seconds for result in results)
    files = sum(len(result.plan.files) for result in results)
    faults = sum(len(result.injected) for result in results)
    notes = "".join(f", {note}" for note in _notes(results))
    print(
        f"\n{len(results)} seeds ran in {seconds:.0f} s of CPU time, with"
        f" {files} files and {faults} faults{notes}. Seeds that failed: {failed or 'none'}."
    )
    return 1 if failed else 0
