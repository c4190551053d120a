"""Start, deploy, upload, follow, fetch through the link in the mail, compare. Exit 0 only if all
of it held.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

import boto3

from tools.harness.expected import Expected, calculate
from tools.harness.link import fetch, links
from tools.harness.outcome import differences
from tools.harness.shell import ROOT, CommandFailed, Shell, stream
from tools.harness.watch import Deployment, TookTooLong, follow, wait_for_mail

_INPUT = ROOT / "assets" / "testfile.csv"
_FINANCIAL = ROOT / "assets" / "financial-data.csv"
_PROCESS_SECONDS = 300.0
_MAIL_SECONDS = 60.0


def main() -> int:
    try:
        return _demo()
    except (CommandFailed, TookTooLong) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        print("The local cloud's own log is .local/localcloud.log.", file=sys.stderr)
        return 1


def _demo() -> int:
    began = time.monotonic()
    shell = Shell()
    os.environ.update(shell.environment)  # boto3 here goes where the commands go
    deploy_seconds = stream(["make", "deploy"], shell.environment, ROOT / "deployment")
    settings = shell.settings()
    deployment = Deployment.of(settings, os.environ["AWS_ACCOUNT"])
    uploaded, since = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")
    shell.run("aws", "s3", "cp", "--no-progress", str(_INPUT.relative_to(ROOT)), _target(settings))
    row = follow(deployment, f"input/{_INPUT.name}", since, _PROCESS_SECONDS)
    if row["status"] != "COMPLETED":
        raise CommandFailed(f"the run ended as {row['status']}: {row.get('reason')}")
    processing = time.monotonic() - uploaded
    mail = wait_for_mail(
        lambda: shell.run("make", "-s", "mail", quiet=True), row["run_id"], _MAIL_SECONDS
    )
    expected = calculate(_INPUT, _FINANCIAL)
    problems = _check(deployment, row, mail, expected)
    _report(deployment, row, mail, expected)
    print(f"\nDeployed in {deploy_seconds:.0f} s; processed {expected.total} rows in ", end="")
    print(f"{processing:.0f} s ({expected.total / processing:.0f} a second); ", end="")
    print(f"all in {time.monotonic() - began:.0f} s.")
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    print("\nEvery row is as calculated." if not problems else "\nThe demo failed; see above.")
    return 1 if problems else 0


def _target(settings: dict[str, str]) -> str:
    return f"s3://{settings['MRAP_ARN']}/input/{_INPUT.name}"


def _check(
    deployment: Deployment, row: dict[str, Any], mail: dict[str, Any], expected: Expected
) -> list[str]:
    found = links(mail)
    if not found:
        return ["the mail holds no link"]
    output = fetch(found[0])
    rejects = fetch(found[1]) if len(found) > 1 else None
    problems = differences(output, rejects, expected)
    for region in deployment.regions:
        problems += _replica_problems(deployment, region, str(row["output_key"]), len(output))
    return problems


def _replica_problems(deployment: Deployment, region: str, key: str, size: int) -> list[str]:
    s3 = boto3.client("s3", region)
    try:
        found = s3.head_object(Bucket=deployment.bucket(region), Key=key)
    except s3.exceptions.ClientError as error:
        return [f"the merged file is not in {deployment.bucket(region)}: {error}"]
    if found["ContentLength"] != size:
        return [f"the merged file in {region} has {found['ContentLength']} bytes, not {size}"]
    return []


def _report(
    deployment: Deployment, row: dict[str, Any], mail: dict[str, Any], expected: Expected
) -> None:
    print(f"\nThe mail that {', '.join(mail['to'])} received from SES in {mail['region']}:\n")
    print(f"    Subject: {mail['subject']}")
    print("\n".join(f"    {_shortened(line)}" for line in mail["body"].splitlines()))
    print(f"\nRows in {row['rows_in']}, out {row['rows_out']}, rejected {row['rows_rejected']}")
    print(
        f"(calculated independently: {len(expected.rows)} out, {len(expected.rejected)} rejected)"
    )
    print('\nWhere things are (after `eval "$(make -s env)"`):')
    for region in deployment.regions:
        print(f"    aws s3 ls s3://{deployment.bucket(region)}/output/ --recursive")
    print(f"    aws dynamodb scan --table-name {deployment.state_table}")
    print(f"    aws stepfunctions describe-execution --execution-arn {deployment.execution(row)}")
    print("    make -s mail; make status; make local-stop")


def _shortened(line: str, width: int = 160) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


if __name__ == "__main__":
    sys.exit(main())
