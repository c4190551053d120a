"""The claims, in the order in which a run checks them, by AWS's own commands and APIs alone."""

from __future__ import annotations

import re
import time
from functools import cached_property
from pathlib import Path

import boto3

from deployment.deployer.plan import GLOBAL_REGION
from tools.acceptance import samples
from tools.acceptance.claims import Claim, ClaimFailed
from tools.acceptance.files import RUN_SECONDS, Files
from tools.acceptance.place import Place
from tools.drill.environment import Environment
from tools.drill.load import Load, make_sources
from tools.harness.comparison import differences
from tools.harness.expected import calculate
from tools.harness.mails import fetch
from tools.harness.shell import DEPLOYMENT, FINANCIAL_DATA, CommandFailed, stream

_SIZES = (120, 40, 25, 60)
_FAILOVER_FILES, _FAILBACK_FILES = 8, 4
_START_SECONDS = 300.0  # a limit, not a claim
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

    @cached_property
    def _files(self) -> Files:
        return Files(self._environment)

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
        self._good_file = self._files.upload(samples.make_good(self._folder))
        return self._files.check_that_all_came_out([self._good_file])

    def _link(self) -> str:
        (file,) = self._files.gather([self._good_file])
        printed = self._make_quietly("link", f"RUN={file.row['run_id']}")
        output = fetch(_URL.findall(printed)[0])
        expected = calculate(self._good_file.source, FINANCIAL_DATA)
        if problems := differences(output, None, expected):
            raise ClaimFailed(*problems)
        return f"{len(output)} bytes"

    def _mixed(self) -> str:
        return self._files.check_that_all_came_out(
            [self._files.upload(samples.make_mixed(self._folder))]
        )

    def _refused(self) -> str:
        upload = self._files.upload(samples.make_refused(self._folder))
        self._files.wait_for_status([upload], "FAILED", RUN_SECONDS)
        (row,) = self._environment.rows([upload])
        if samples.REFUSED_FOR not in row["reason"]:
            raise ClaimFailed(f"the reason is {row['reason']}")
        self._files.wait_until_none(lambda: self._files.unmailed(upload), RUN_SECONDS)
        self._make_quietly("give-up", f"RUN={row['run_id']}")
        return str(row["reason"])

    def _encrypted(self) -> str:
        """Not by `aws s3 cp`, whose version 1 signs such an upload in a way no MRAP accepts."""
        mrap_arn = self._environment.deployment.mrap_arn
        try:
            self.place.shell.run(
                *("aws", "s3api", "put-object", "--bucket", mrap_arn, "--key", "input/kms.csv"),
                *("--body", str(self._good_file.source), "--server-side-encryption", "aws:kms"),
                quiet=True,
            )
        except CommandFailed as error:
            if "AccessDenied" in str(error):
                return "AccessDenied"
            raise
        raise ClaimFailed("it was uploaded")

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
        for queried_region in self.place.regions:
            if f"DNS in {queried_region}: active is {region}" not in printed:
                raise ClaimFailed(f"DNS in {queried_region} does not say that {region} is active")
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
        return self._files.check_that_all_came_out(load.uploads)

    def _make_quietly(self, *words: str) -> str:
        return self.place.shell.run("make", "-s", *words, folder=DEPLOYMENT, quiet=True)
