"""Where a run takes place: AWS or the local cloud, the account, the Regions, the versions."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from deployment.deployer.aws import Aws
from deployment.deployer.destination import AWS_ITSELF, destination
from tools.harness.shell import DEPLOYMENT, ROOT, Shell, outer_environment

# Both are in the settings line of `make help`, which knows the Makefile's defaults.
_REGIONS = re.compile(r"PRIMARY_REGION=(\S+) SECONDARY_REGION=(\S+)")


@dataclass(frozen=True)
class Place:
    """One ENV in an account that nothing else uses. ``url`` is that of an emulator, or ``AWS``."""

    shell: Shell
    env: str
    account: str
    url: str
    regions: tuple[str, str]

    @property
    def is_aws(self) -> bool:
        return self.url == AWS_ITSELF

    @property
    def name(self) -> str:
        return "AWS" if self.is_aws else "the local cloud"


def find_place() -> Place:
    """By the credentials and settings of the environment.

    Raises DeployError if a part of the calls would go elsewhere than the others.
    """
    env = f"-a{datetime.now(UTC):%m%d%H%M%S}"  # at most 13 characters
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    shell = Shell(outer_environment() | {"ENV": env, "PATH": path, "AWS_PAGER": ""})
    regions = _regions(shell)
    # The commands that name no Region, and boto3 here, mean the first one.
    shell.environment["AWS_DEFAULT_REGION"] = shell.environment["AWS_REGION"] = regions[0]
    aws = Aws()
    account = aws.account(regions[0])
    shell.environment["AWS_ACCOUNT"] = account
    os.environ.update(shell.environment)
    return Place(shell, env, account, destination(aws, regions[0], account), regions)


def _regions(shell: Shell) -> tuple[str, str]:
    printed = shell.run("make", "-s", "help", folder=DEPLOYMENT, quiet=True)
    match = _REGIONS.search(printed)
    assert match  # noqa: S101 - a line of our own Makefile
    return match[1], match[2]


def versions(shell: Shell) -> dict[str, str]:
    """Of this repository and of the tools that the commands use."""
    commands = {
        "commit": ("git", "describe", "--always", "--dirty", "--abbrev=12"),
        "aws": ("aws", "--version"),
        "sam": ("sam", "--version"),
    }
    printed = {name: shell.run(*words, quiet=True).strip() for name, words in commands.items()}
    return printed | {"Python": platform.python_version(), "machine": platform.platform()}
