"""The claims, in the order in which a run checks them, by AWS's own commands and APIs alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import boto3

from deployment.deployer.plan import GLOBAL_REGION
from tools.acceptance import samples
from tools.acceptance.claims import Claim, ClaimFailed
from tools.acceptance.place import Place
from tools.drill.checks import problems_without_mails
from tools.drill.environment import Environment
from tools.drill.evidence import Evidence, gather
from tools.drill.load import Load, Upload, make_sources
from tools.harness.comparison import differences
from tools.harness.expected import calculate
from tools.harness.mails import fetch
from tools.harness.shell import DEPLOYMENT, FINANCIAL_DATA, CommandFailed, stream

_SIZES = (120, 40, 25, 60)
_FAILOVER_FILES, _FAILBACK_FILES = 8, 4
# Limits, not claims. S3 replicates within 15 minutes by its service level agreement.
_START_SECONDS, _RUN_SECONDS, _REPLICA_SECONDS = 300.0, 1200.0, 1200.0
_STARTED = ("STARTED", "UNCERTAIN")
_URL = re.compile(r"https://\S+")


class Run:
    """One run at a place; ``folder`` is where its files go."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self._folder = folder
        self._load: Load | None = None

    def claims(self) -> list[Claim]:
        """All but the last, which is checked whatever becomes of these."""
        return [
            Claim("`make deploy` deploys both Regions", self._deploy, is_essential=True),
            Claim(
                "`make verify` passes every check of functions, DNS, API, mail, replication",
                self._verify,
            ),
            Claim("A file comes back enriched and in order, in both buckets", self._good),
            Claim("A link that `make link` prints serves that file", self._link),
            Claim(
                "Invalid rows come back apart, with reasons; the others are processed", self._mixed
            ),
            Claim(
                "A file with another header is refused with a reason and given up", self._refused
            ),
            Claim("An upload encrypted with SSE-KMS is refused at the door", self._encrypted),
            Claim(
                "`make failover` makes the second Region active with files in flight",
                self._fail_over,
            ),
            Claim(
                "Every file of the failover came out once, complete, correct and mailed",
                self._come_out,
            ),
            Claim(
                "`make failback` makes the first Region active with files in flight",
                self._fail_back,
            ),
            Claim(
                "Every file of the failback came out once, complete, correct and mailed",
                self._come_out,
            ),
            Claim("`make status` answers, and no file is unfinished", self._status),
        ]

    def last_claim(self) -> Claim:
        return Claim("`make destroy-all` leaves no stack and no bucket", self._destroy)

    @cached_property
    def _environment(self) -> Environment:
        return Environment(self.place.shell)

    # Deployment

    def _deploy(self) -> str:
        return f"{self.place.shell.deploy():.0f} s"

    def _verify(self) -> str:
        self._environment.make("verify")
        return ""

    def _status(self) -> str:
        printed = self._make_quietly("status")
        print(printed)
        if "in flight: 0 files" not in printed:
            raise ClaimFailed("it does not say: in flight: 0 files")
        return ""

    def _destroy(self) -> str:
        shell, env = self.place.shell, self.place.env
        stream(["make", "destroy-all", f"CONFIRM={env}"], shell.environment, DEPLOYMENT)
        if remains := self._remains():
            raise ClaimFailed(*remains)
        return ""

    def _remains(self) -> list[str]:
        first = self.place.regions[0]
        buckets = boto3.client("s3", first).list_buckets()["Buckets"]
        names = [f"bucket {bucket['Name']}" for bucket in buckets]
        for region in sorted({*self.place.regions, GLOBAL_REGION}):
            pages = boto3.client("cloudformation", region).get_paginator("describe_stacks")
            for page in pages.paginate():
                names += [f"stack {stack['StackName']} in {region}" for stack in page["Stacks"]]
        named = re.compile(rf"{re.escape(self.place.env)}( |$)")
        return [f"{name} is still there" for name in names if named.search(name)]

    # Files

    def _good(self) -> str:
        self._good_file = self._upload(samples.make_good(self._folder))
        return self._all_came_out([self._good_file])

    def _link(self) -> str:
        (file,) = self._gather([self._good_file])
        printed = self._make_quietly("link", f"RUN={file.row['run_id']}")
        output = fetch(_URL.findall(printed)[0])
        expected = calculate(self._good_file.source, FINANCIAL_DATA)
        if problems := differences(output, None, expected):
            raise ClaimFailed(*problems)
        return f"{len(output)} bytes"

    def _mixed(self) -> str:
        return self._all_came_out([self._upload(samples.make_mixed(self._folder))])

    def _refused(self) -> str:
        upload = self._upload(samples.make_refused(self._folder))
        self._wait([upload], "FAILED", _RUN_SECONDS)
        (row,) = self._environment.rows([upload])
        if samples.REFUSED_FOR not in row["reason"]:
            raise ClaimFailed(f"the reason is {row['reason']}")
        self._until(lambda: self._unmailed(upload), _RUN_SECONDS)
        self._make_quietly("give-up", f"RUN={row['run_id']}")
        return str(row["reason"])

    def _unmailed(self, upload: Upload) -> list[str]:
        is_mailed = all("mail_message_id" in row for row in self._environment.rows([upload]))
        return [] if is_mailed else ["no id of a mail that SES has accepted"]

    def _encrypted(self) -> str:
        source, key = str(self._good_file.source), "input/encrypted.csv"
        try:
            self._copy(source, key, "--sse", "aws:kms")
        except CommandFailed as error:
            if "AccessDenied" in str(error):
                return "AccessDenied"
            raise
        raise ClaimFailed("it was uploaded")

    def _upload(self, upload: Upload) -> Upload:
        self._copy(str(upload.source), upload.key)
        return upload

    def _copy(self, source: str, key: str, *options: str) -> None:
        target = f"s3://{self._environment.deployment.mrap_arn}/{key}"
        self.place.shell.run(
            "aws", "s3", "cp", "--only-show-errors", source, target, *options, quiet=True
        )

    # Failover and failback

    def _fail_over(self) -> str:
        return self._switch("failover", self.place.regions[1], _FAILOVER_FILES)

    def _fail_back(self) -> str:
        return self._switch("failback", self.place.regions[0], _FAILBACK_FILES)

    def _switch(self, command: str, region: str, files: int) -> str:
        environment = self._environment
        sources = make_sources(self._folder, _SIZES)
        mrap_arn = environment.deployment.mrap_arn
        self._load = load = Load(self.place.shell, mrap_arn, files, sources)
        try:
            running = self._wait_for_work(load)
            start = time.monotonic()
            environment.make(command)
            seconds = time.monotonic() - start
            load.join()
        finally:
            load.end()
        printed = self._make_quietly("status")
        for each in self.place.regions:
            if f"DNS in {each}: active is {region}" not in printed:
                raise ClaimFailed(f"DNS in {each} does not say that {region} is active")
        return f"{running} of {files} files were at work when it began; it took {seconds:.0f} s"

    def _wait_for_work(self, load: Load) -> int:
        """Return how many files are being processed, as soon as there is one."""
        running = 0

        def look() -> tuple[bool, str]:
            nonlocal running
            rows = self._environment.rows(load.uploads)
            running = sum(row["status"] in _STARTED for row in rows)
            return running > 0, self._environment.progress(load)[1]

        if not self._environment.watch(look, _START_SECONDS):
            raise ClaimFailed("no file of the load was at work at the same time")
        return running

    def _come_out(self) -> str:
        load, self._load = self._load, None
        if load is None or not load.uploads:
            raise ClaimFailed("nothing was uploaded")
        return self._all_came_out(load.uploads)

    # What is common to all of them

    def _all_came_out(self, uploads: Sequence[Upload]) -> str:
        """Every file once, in both tables and buckets; replicas may take their time."""
        self._wait(uploads, "COMPLETED", _RUN_SECONDS)
        self._until(lambda: self._problems(uploads), _REPLICA_SECONDS)
        rows = self._environment.rows(uploads)
        attempts = max(int(row["attempt"]) for row in rows)
        total = sum(int(row["rows_in"]) for row in rows)
        rejected = sum(int(row["rows_rejected"]) for row in rows)
        return (
            f"{len(rows)} files, {total} rows in, {rejected} rejected, at most {attempts} attempts"
        )

    def _problems(self, uploads: Sequence[Upload]) -> list[str]:
        return [
            problem
            for file in self._gather(uploads)
            for problem in problems_without_mails(
                file, calculate(file.upload.source, FINANCIAL_DATA), self.place.regions
            )
        ]

    def _gather(self, uploads: Sequence[Upload]) -> list[Evidence]:
        return gather(self._environment.deployment, uploads, mails=[])

    def _wait(self, uploads: Sequence[Upload], status: str, limit: float) -> None:
        """Until every one has this status."""

        def unfinished() -> list[str]:
            rows = {row["key"]: row for row in self._environment.rows(uploads)}
            statuses = {item.name: rows.get(item.key, {}).get("status") for item in uploads}
            return [f"{name} is {each}" for name, each in statuses.items() if each != status]

        self._until(unfinished, limit)

    def _until(self, problems: Callable[[], list[str]], limit: float) -> None:
        """Until there are none; those that are left at the limit make the claim fail."""
        left: list[str] = []

        def look() -> tuple[bool, str]:
            nonlocal left
            left = problems()
            return not left, f"{len(left)} to wait for: {left[0]}" if left else "all there"

        if not self._environment.watch(look, limit):
            raise ClaimFailed(*left)

    def _make_quietly(self, *words: str) -> str:
        return self.place.shell.run("make", "-s", *words, folder=DEPLOYMENT, quiet=True)
