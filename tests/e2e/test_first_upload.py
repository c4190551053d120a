"""E10: what a deployment makes true is true where it is read, before the deployment ends."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import FIRST_FILE
from tests.e2e.system import System
from tools.harness.shell import DEPLOYMENT


def test_a_file_that_is_uploaded_the_moment_the_first_deployment_ends_is_processed(
    system: System,
) -> None:
    """The fixture uploads it. It shows most at the time of AWS: `make test-slow`."""
    row = system.finish(FIRST_FILE)
    assert (row["status"], row["region"]) == ("COMPLETED", system.deployment.regions[0])
    assert system.mail_of(row)


@pytest.mark.parametrize("prefix", ["input/", "output/"])
def test_the_deployment_leaves_nothing_of_its_trial(system: System, prefix: str) -> None:
    for region in system.deployment.regions:
        pages = (
            system.client("s3", region)
            .get_paginator("list_object_versions")
            .paginate(Bucket=system.deployment.bucket(region), Prefix=f"{prefix}deployment-check/")
        )
        assert [page.get("Versions", []) for page in pages] == [[]]


def test_the_check_of_both_regions_passes_and_a_canary_comes_back(system: System) -> None:
    printed = system.shell.run("make", "verify", "CANARY=1", folder=DEPLOYMENT, quiet=True)
    for region in system.deployment.regions:
        assert f"S3 replicates from {region} to " in printed
    assert printed.count("its role may send to ") == len(system.deployment.regions)
    (line,) = [line for line in printed.splitlines() if "canary: " in line and "COMPLETED" in line]
    assert "its output is in both buckets" in line
