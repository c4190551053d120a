"""python -m deployer <command>: what the targets of the Makefile run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from . import commands, console
from .announcement import announce, announce_failover
from .aws import Aws
from .build import build
from .errors import DeployError
from .failed_events import replay_failures
from .failover import failover, reconcile
from .lint import lint
from .plan import Plan
from .run_commands import give_up, retry, show_links
from .settings import Settings
from .status import show_status
from .tune import tune
from .upload import upload

Command = Callable[[Aws, Plan, argparse.Namespace], None]
COMMANDS: dict[str, Command] = {
    "check": lambda aws, plan, _: commands.check(aws, plan),
    "deploy": lambda aws, plan, _: commands.deploy(aws, plan),
    "verify": lambda aws, plan, options: commands.verify_regions(aws, plan, canary=options.canary),
    "build": lambda _aws, plan, _: build(plan.settings.arch),
    "upload": lambda aws, plan, options: upload(aws, plan, options.file, is_awaited=options.wait),
    "status": lambda aws, plan, _: show_status(aws, plan),
    "tune": lambda aws, plan, options: tune(
        aws, plan.settings, options.rows, options.target, options.account
    ),
    "settings": lambda aws, plan, _: commands.print_settings(aws, plan),
    "mrap-arn": lambda aws, plan, _: commands.print_mrap_arn(aws, plan),
    "failover": lambda aws, plan, options: failover(aws, plan, options.region, options.traffic),
    "reconcile": lambda aws, plan, _: reconcile(aws, plan),
    "retry": lambda aws, plan, options: retry(aws, plan, options.run),
    "give-up": lambda aws, plan, options: give_up(aws, plan, options.run),
    "link": lambda aws, plan, options: show_links(aws, plan, options.run),
    "replay-failures": lambda aws, plan, _: replay_failures(aws, plan),
    "chaos": lambda aws, plan, _: commands.deploy_chaos(aws, plan),
    "destroy-chaos": lambda aws, plan, _: commands.destroy_chaos(aws, plan),
    "lint": lambda *_: lint(),
    "destroy-all": lambda aws, plan, options: commands.destroy_all(aws, plan, options.confirm),
}
# They say first what they are about. Those about one run, or about the active Region, do so once
# they know that they have something to do, and a failover asks its own Region only.
ANNOUNCED = {"deploy", "verify", "chaos", "destroy-chaos", "destroy-all"}


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        aws, plan = Aws(), Plan(Settings.from_environment())
        if options.command in ANNOUNCED:
            announce(aws, plan)
        elif options.command == "failover":
            announce_failover(aws, plan, options.region)
        COMMANDS[options.command](aws, plan, options)
    except DeployError as error:
        for paragraph in str(error).split("\n\n"):
            console.error(paragraph)
        return 1
    except (BotoCoreError, ClientError) as error:
        console.error(
            f"FAILED: an AWS call failed: {str(error).rstrip('.')}. Run the same command again; "
            "if it fails again, see make check."
        )
        return 1
    except KeyboardInterrupt as interrupt:
        default = "Interrupted. AWS completes what it has begun: see make status."
        console.error(str(interrupt) or default)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deployer", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    parsers = {name: subparsers.add_parser(name) for name in COMMANDS}
    parsers["failover"].add_argument("region", help="the Region to make active")
    parsers["failover"].add_argument(
        "--traffic", default="this-region", help="where the access point sends requests"
    )
    for name in ("retry", "give-up", "link"):
        parsers[name].add_argument("run", help="the id of a run")
    parsers["upload"].add_argument("file", help="the path of a file")
    parsers["upload"].add_argument("--wait", action="store_true", help="wait for the result")
    parsers["tune"].add_argument("--rows", required=True, help="rows of a file")
    parsers["tune"].add_argument("--target", required=True, help="a time, such as 5m")
    parsers["tune"].add_argument(
        "--account", default="", help="ordinary or new, without asking AWS"
    )
    parsers["verify"].add_argument("--canary", action="store_true", help="send a file through, too")
    parsers["destroy-all"].add_argument("--confirm", help="the name of the ENV, instead of asking")
    return parser


if __name__ == "__main__":
    sys.exit(main())
