"""The commands ``localcloud outage`` and ``localcloud fault``."""

import argparse
import sys
from typing import Any

from localcloud.control import BadCommand, Command, send
from localcloud.settings import Settings

_FILTERS = ("region", "service", "subnet", "principal", "operation")


def add_parsers(commands: Any) -> None:
    """``commands``: argparse's subparsers."""
    outage = commands.add_parser("outage", help="let a whole Region fail, or end that")
    outage.add_argument("region")
    outage.add_argument("state", choices=("on", "off"))
    fault = commands.add_parser("fault", help="let single calls fail: add, list, remove")
    kinds = fault.add_subparsers(dest="kind", required=True)
    add = kinds.add_parser("add", help="print the new fault's id; without filters: every call")
    for name in _FILTERS:
        add.add_argument(f"--{name}")
    effect = add.add_mutually_exclusive_group(required=True)
    cut = {"action": "store_const", "const": ["cut"], "help": "no answer at all"}
    delay = {"type": lambda text: ["delay", text], "metavar": "SECONDS", "help": "of AWS time"}
    refuse = {"type": lambda text: ["refuse", text], "metavar": "CODE[:STATUS]", "help": "an error"}
    for name, options in (("cut", cut), ("delay", delay), ("refuse", refuse)):
        effect.add_argument(f"--{name}", dest="effect", **options)
    kinds.add_parser("list", help="what is on, Regions that are out included")
    kinds.add_parser("remove").add_argument("id", help="an id, or all")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    try:
        lines = send(settings.state_dir, _command(arguments))
    except BadCommand as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines) or "nothing fails")
    return 0


def _command(arguments: argparse.Namespace) -> Command:
    command = vars(arguments)
    if arguments.command == "outage":
        return command
    match = {name: command.get(name) for name in _FILTERS}
    return {**command, "command": arguments.kind, "match": match}
