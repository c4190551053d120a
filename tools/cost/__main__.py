"""Prints what the latest runs cost on AWS, what a million records cost, and an idle month.

By default the runs are those of the local cloud; with --cloudwatch those of the account that the
credentials are of, as far as CloudWatch's metrics show them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from tools.cost import cloudwatch, local
from tools.cost.assumptions import read_assumptions
from tools.cost.bill import unpriced
from tools.cost.idle import idle_month
from tools.cost.kept import keep
from tools.cost.local import NothingToRead
from tools.cost.measurement import Measurement, fit_of, measure
from tools.cost.page import PAGE, renewed
from tools.cost.prices import read_prices
from tools.cost.report import as_json, as_text
from tools.cost.runs import records_of
from tools.cost.usage import Window

_OF_A_RUN = """\
A run's numbers are those between the start and the end of its execution: without the upload, the
trigger, and what replicates later. make cost MARK=1, and SINCE=mark afterwards, has these, too."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.page:
            PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
            return 0
        if options.mark:
            local.set_mark(local.read_report())
            print("Marked. After the runs: make cost SINCE=mark")
            return 0
        windows, notes = _windows(options)
        records = records_of({name for window in windows for name in window.executions})
        _print(windows, records, notes, options)
    except NothingToRead as error:
        print(error, file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"AWS did not answer: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.cost", description=__doc__)
    parser.add_argument("--keep", metavar="NAME", help="keep the runs for docs/costs.md")
    parser.add_argument("--page", action="store_true", help="renew the tables of docs/costs.md")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--runs", type=int, default=3, help="of so many latest runs (3)")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--mark", action="store_true", help="set a mark for --since-mark")
    source.add_argument("--since-mark", action="store_true", help="of all that came after the mark")
    source.add_argument("--cloudwatch", action="store_true", help="of the account's metrics")
    return parser


def _windows(options: argparse.Namespace) -> tuple[list[Window], list[str]]:
    """The windows to price, and what to know of them."""
    if options.cloudwatch:
        return cloudwatch.latest_windows(options.runs)
    report = local.read_report()
    if options.since_mark:
        return [local.since_mark(report)], []
    return local.windows(report)[-options.runs :], [_OF_A_RUN]


def _print(
    windows: list[Window], records: dict[str, int], notes: list[str], options: argparse.Namespace
) -> None:
    prices, assumptions = read_prices(), read_assumptions()
    measurements: list[Measurement] = [
        measure(window, records, prices, assumptions) for window in windows
    ]
    if missing := {unit for found in measurements for unit in unpriced(found.usage, prices)}:
        notes = [*notes, f"Without a price, and so not in it: {', '.join(sorted(missing))}."]
    idle, fit = idle_month(prices, assumptions), fit_of(measurements)
    if options.keep:
        keep(options.keep, measurements, prices)
    if options.json:
        print(json.dumps(as_json(measurements, fit, idle, prices) | {"notes": notes}, indent=2))
        return
    print(as_text(measurements, fit, idle, prices))
    if not measurements:
        notes += ["No run has ended yet: make demo runs a file."]
    for note in notes:
        print(f"\n{note}")


if __name__ == "__main__":
    sys.exit(main())
