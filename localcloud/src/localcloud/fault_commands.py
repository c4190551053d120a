"""The commands ``localcloud outage`` and ``localcloud fault``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from localcloud.control import BadCommand, Command, send
from localcloud.settings import Settings

_MATCHES = ("region", "service", "subnet", "principal", "operation")


def add_parsers(commands: Any) -> None:
    """``commands``: argparse's subparsers."""
    outage = commands.add_parser("outage", help="let a whole Region fail, or end that")
    outage.add_argument("region")
    outage.add_argument("state", choices=("on", "off"))
    fault = commands.add_parser("fault", help="let single calls fail: add, list, remove")
    kinds = fault.add_subparsers(dest="kind", required=True)
    add = kinds.add_parser("add", help="print the new fault's id; without filters: every call")
    for name in _MATCHES:
        add.add_argument(f"--{name}")
    effect = add.add_mutually_exclusive_group(required=True)
    effect.add_argument("--cut", action="store_true", help="no answer at all")
    effect.add_argument("--delay", metavar="SECONDS", help="of AWS time")
    effect.add_argument("--refuse", metavar="CODE[:STATUS]", help="an error answer")
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
    if arguments.command == "outage":
        return {"command": "outage", "region": arguments.region, "state": arguments.state}
    if arguments.kind == "add":
        match = {name: getattr(arguments, name) for name in _MATCHES}
        return {"command": "add", "match": match, "effect": _effect(arguments)}
    if arguments.kind == "remove":
        return {"command": "remove", "id": arguments.id}
    return {"command": "list"}


def _effect(arguments: argparse.Namespace) -> list[str]:
    if arguments.delay is not None:
        return ["delay", arguments.delay]
    return ["refuse", arguments.refuse] if arguments.refuse else ["cut"]
