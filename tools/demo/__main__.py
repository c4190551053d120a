"""Starts, deploys, uploads, follows, fetches through the link in the mail, and compares.

Exit code 0 only if all of it held.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import boto3

from tools.harness.comparison import differences
from tools.harness.deployment import Deployment
from tools.harness.expected import Expected, calculate
from tools.harness.mails import Mail, fetch, links, wait_for_mail
from tools.harness.shell import FINANCIAL_DATA, ROOT, CommandFailed, Shell
from tools.harness.watch import TookTooLong, follow, timestamp

_INPUT = ROOT / "assets" / "testfile.csv"
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
    start = time.monotonic()
    shell = Shell.local()
    os.environ.update(shell.environment)  # boto3 here goes where the commands go
    deploy_seconds = shell.deploy()
    deployment = Deployment.of(shell)
    upload, since = time.monotonic(), timestamp()
    source, target = _INPUT.relative_to(ROOT), f"s3://{deployment.mrap_arn}/input/{_INPUT.name}"
    shell.run("aws", "s3", "cp", "--no-progress", str(source), target)
    row = follow(deployment, f"input/{_INPUT.name}", since, _PROCESS_SECONDS)
    if row["status"] != "COMPLETED":
        raise CommandFailed(f"the run ended as {row['status']}: {row.get('reason')}")
    seconds = time.monotonic() - upload
    mail = wait_for_mail(shell, row["run_id"], _MAIL_SECONDS)
    expected = calculate(_INPUT, FINANCIAL_DATA)
    problems = _check(deployment, row, mail, expected)
    _report(deployment, row, mail, expected)
    print(f"\nDeployed in {deploy_seconds:.0f} s; processed {expected.total} rows in ", end="")
    print(f"{seconds:.0f} s ({expected.total / seconds:.0f} a second); ", end="")
    print(f"all in {time.monotonic() - start:.0f} s.")
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    print("\nEvery row is as calculated." if not problems else "\nThe demo failed; see above.")
    return 1 if problems else 0


def _check(
    deployment: Deployment, row: dict[str, Any], mail: Mail, expected: Expected
) -> list[str]:
    urls = links(mail)
    if not urls:
        return ["the mail holds no link"]
    output = fetch(urls[0])
    rejects = fetch(urls[1]) if len(urls) > 1 else None
    problems = differences(output, rejects, expected)
    for region in deployment.regions:
        problems += _replica_problems(deployment, region, str(row["output_key"]), len(output))
    return problems


def _replica_problems(deployment: Deployment, region: str, key: str, size: int) -> list[str]:
    s3 = boto3.client("s3", region)
    try:
        head = s3.head_object(Bucket=deployment.bucket(region), Key=key)
    except s3.exceptions.ClientError as error:
        return [f"the merged file is not in {deployment.bucket(region)}: {error}"]
    if head["ContentLength"] != size:
        return [f"the merged file in {region} has {head['ContentLength']} bytes, not {size}"]
    return []


def _report(deployment: Deployment, row: dict[str, Any], mail: Mail, expected: Expected) -> None:
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
