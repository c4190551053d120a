"""The command line: ``start | stop | env | mail | status | cpu | usage | outage | fault``."""

import argparse
import logging
import os
import sys

from localcloud import daemon, fault_commands, shell
from localcloud.control import send
from localcloud.settings import Settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="localcloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start it in the background, if it is not running")
    commands.add_parser("stop", help="stop it and every process it started, and remove its state")
    commands.add_parser("serve", help="run it in the foreground")
    commands.add_parser("env", help="print the variables that point a shell at it")
    commands.add_parser("mail", help="print received mails, one JSON object a line")
    commands.add_parser("status", help="print whether it runs, and how many calls it has had")
    commands.add_parser("cpu", help="print the CPU seconds of its process, by part")
    commands.add_parser("usage", help="print what AWS would bill, as sums of units, in JSON")
    fault_commands.add_parsers(commands)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # What it and its sandboxes write is for the user alone.
    os.umask(0o077)
    settings = Settings.from_environment()
    try:
        return _run(arguments, settings)
    except daemon.NotRunning as error:
        if arguments.command == "env":
            print(shell.failure(f"Nothing was set: {error}"))
        else:
            print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    command = arguments.command
    if command == "start":
        return daemon.start(settings)
    if command == "stop":
        return daemon.stop(settings)
    if command == "serve":
        return daemon.serve(settings)
    if command in ("outage", "fault"):
        daemon.read_ready(settings)
        return fault_commands.run(arguments, settings)
    if command == "env":
        print(shell.exports(daemon.read_ready(settings)))
    elif command in ("cpu", "usage"):
        daemon.read_ready(settings)
        print("\n".join(send(settings.state_dir, {"command": command})))
    elif command == "mail":
        mail = settings.state_dir / "mail.jsonl"
        sys.stdout.write(mail.read_text() if mail.exists() else "")
    else:
        print(shell.status(settings, daemon.read_ready(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
