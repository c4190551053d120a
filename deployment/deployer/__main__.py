"""python -m deployer <command>: what the targets of the Makefile do to the stacks."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from . import stacks
from .cloud import Cloud, outputs, status
from .console import paragraph, say
from .deploy import Deployment
from .destroy import Removal
from .parallel import together
from .plan import Plan, Stack, Stopped
from .preflight import check
from .settings import Settings
from .verify import verify

HERE = Path(__file__).parents[1]


def main() -> int:
    options = _options()
    try:
        COMMANDS[options.command](Cloud(), Plan(Settings.from_environment()), options)
    except Stopped as stopped:
        for one in str(stopped).split("\n\n"):
            paragraph(one)
        return 1
    except (BotoCoreError, ClientError) as error:
        paragraph(f"FAILED: AWS did not do as asked: {error} Run the same command again; "
                  "if it happens again, see what make check says.")  # fmt: skip
        return 1
    except KeyboardInterrupt:
        paragraph("Interrupted. CloudFormation goes on with what it has begun: see make status.")
        return 130
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deployer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        one = commands.add_parser(name)
        if name == "check":
            one.add_argument("--brief", action="store_true", help="only what is amiss")
        elif name == "destroy-all":
            one.add_argument("--force", action="store_true", help="do not ask")
        elif name == "outputs":
            one.add_argument("stack")
            one.add_argument("region")
    return parser.parse_args()


def _check(cloud: Cloud, plan: Plan, options: argparse.Namespace) -> None:
    check(cloud, plan, brief=options.brief)
    one, other = plan.settings.regions
    say(f"nothing is missing for {one} and {other}, names that end in '{plan.settings.env}'")


def _deploy(cloud: Cloud, plan: Plan, _options: argparse.Namespace) -> None:
    Deployment(cloud, plan).run(partial(_seed, plan))


def _seed(plan: Plan) -> None:
    command = [sys.executable, "seed_financial_data.py", plan.settings.financial_data]
    where = ["--table", f"financial-data{plan.settings.env}", "--region", plan.tables.region]
    if subprocess.run([*command, *where], cwd=HERE, check=False).returncode:  # noqa: S603 - ours
        raise Stopped("FAILED: the financial data were not stored; the lines above say why.")


def _verify(cloud: Cloud, plan: Plan, _options: argparse.Namespace) -> None:
    together(*(partial(verify, cloud, plan, stack, 0) for stack in (plan.standby, plan.primary)))


def _chaos(cloud: Cloud, plan: Plan, _options: argparse.Namespace) -> None:
    Deployment(cloud, plan).chaos()
    for stack in plan.experiments:
        template = outputs(cloud, stack)["ExperimentTemplateId"]
        say(f"aws fis start-experiment --region {stack.region} --experiment-template-id {template}")


def _destroy_chaos(cloud: Cloud, plan: Plan, _options: argparse.Namespace) -> None:
    together(*(partial(stacks.delete, cloud, stack) for stack in plan.experiments))


def _destroy_all(cloud: Cloud, plan: Plan, options: argparse.Namespace) -> None:
    removal, env = Removal(cloud, plan), plan.settings.env
    files = removal.in_flight()
    say(f"{files} files are in flight in {' and '.join(plan.settings.regions)}")
    if not options.force:
        _ask(env)
    removal.run()
    say(
        "Done. Left alone: SAM's bucket and API Gateway's log role in each Region, since other "
        "deployments may use them; and each topic's key, which KMS deletes after seven days."
    )


def _ask(env: str) -> None:
    """Raises Stopped unless somebody says yes."""
    question = (
        f"Delete all stacks and buckets whose names end in '{env}', with all data? Type yes: "
    )
    try:
        answer = input(question)
    except EOFError:
        raise Stopped(
            "Nothing was deleted: nobody is there to ask. With FORCE=1 it asks nobody."
        ) from None
    if answer != "yes":
        raise Stopped("Nothing was deleted.")


def _stacks(cloud: Cloud, plan: Plan, _options: argparse.Namespace) -> None:
    every = [stack for stack in plan.all() if stack not in plan.experiments]
    for stack, state in zip(
        every, together(*(partial(status, cloud, s) for s in every)), strict=True
    ):
        say(f"{stack.name:<28} {stack.region:<16} {state}")


def _outputs(cloud: Cloud, _plan: Plan, options: argparse.Namespace) -> None:
    """As shell assignments."""
    found = outputs(cloud, Stack(options.stack, options.region, ""))
    if not found:
        raise Stopped(f"{options.stack} in {options.region} has no outputs: make deploy first.")
    for name, value in found.items():
        print(f"{name}={shlex.quote(value)}")


COMMANDS = {
    "check": _check,
    "deploy": _deploy,
    "verify": _verify,
    "chaos": _chaos,
    "destroy-chaos": _destroy_chaos,
    "destroy-all": _destroy_all,
    "stacks": _stacks,
    "outputs": _outputs,
}

if __name__ == "__main__":
    sys.exit(main())
