"""What the commands ``env`` and ``status`` print."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from localcloud import outer_proxy, trust
from localcloud.control import send
from localcloud.daemon import Ready, resident_mib
from localcloud.settings import ACCOUNT_ID, Settings

# Set in the user's shell, these would send commands elsewhere, or with other keys.
_UNSET = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL",
    "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)  # fmt: skip
# Configuration files and AWS_ENDPOINT_URL_<SERVICE> would send a part of the calls elsewhere.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
_ISOLATED = {
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def exports(ready: Ready) -> str:
    """Shell lines for ``eval`` that set the variables of AWS's own tools, and of others.

    What the shell had there goes on working: its proxy, its exceptions, its authorities.
    """
    trust.add_outer_files(Path(ready.environment["AWS_CA_BUNDLE"]).parent, os.environ)
    without_proxy = outer_proxy.hosts_without_proxy(os.environ)
    variables = {
        **ready.environment,
        **_ISOLATED,
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
        outer_proxy.OUTER: outer_proxy.outer_proxy(os.environ),
        trust.OUTER: os.pathsep.join(map(str, trust.outer_files(os.environ))),
        "AWS_ACCESS_KEY_ID": ready.access_key,
        "AWS_SECRET_ACCESS_KEY": ready.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "1",  # change sets take no time here
        "AWS_ACCOUNT": ACCOUNT_ID,
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines.append("unset " + " ".join(_UNSET))
    lines.append(f"export PATH={_path(str(Path(sys.executable).parent))}")
    return "\n".join(lines)


def failure(reason: str) -> str:
    """Shell lines for ``eval`` that change nothing and fail: it sees no exit code of ours."""
    return f"echo {shlex.quote(reason)} >&2; false"


def _path(scripts: str) -> str:
    """This environment's aws and sam first, unless the user has AWS CLI version 2.

    That one is in no package index, and knows more commands (``aws logs tail``).
    """
    quoted = shlex.quote(scripts)
    return f"$PATH:{quoted}" if _has_aws_cli_2(scripts) else f"{quoted}:$PATH"


def _has_aws_cli_2(scripts: str) -> bool:
    folders = [folder for folder in os.get_exec_path() if folder != scripts]
    aws = shutil.which("aws", path=os.pathsep.join(folders))
    if aws is None:
        return False
    result = subprocess.run([aws, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - the user's own aws
    return result.stdout.startswith("aws-cli/2")


def status(settings: Settings, ready: Ready) -> str:
    """Process, memory, and the calls so far, by service and outcome."""
    counts: Counter[tuple[str, str]] = Counter()
    send(settings.state_dir, {"command": "flush"})
    with (settings.state_dir / "ledger.jsonl").open() as ledger:
        for line in ledger:
            if line.endswith("\n"):
                entry = json.loads(line)
                counts[entry["action"].split(":")[0], entry["outcome"]] += 1
    memory = resident_mib(ready.pid)
    lines = [f"running, process {ready.pid}, {memory} MiB resident, state in {settings.state_dir}"]
    lines += [
        f"{n:8d}  {service:28s} {outcome}" for (service, outcome), n in sorted(counts.items())
    ]
    return "\n".join(lines)
