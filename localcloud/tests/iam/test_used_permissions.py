"""LOCALCLOUD_PERMISSIONS: which permissions roles needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import iam
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from tests.iam.conftest import MakeRole, allow
from tests.iam.support import ACCOUNT
from tests.manual_clock import ManualClock

BUCKET = "arn:aws:s3:::b-1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCALCLOUD_PERMISSIONS", str(tmp_path / "used" / "permissions"))
    return tmp_path / "used" / "permissions"


def lines(folder: Path) -> list[Any]:
    [file] = folder.iterdir()
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_decision_about_a_role_is_written_once_at_once(
    cloud: Any, role: MakeRole, folder: Path
) -> None:
    cloud.clients.client("s3", "us-east-1").create_bucket(Bucket="b-1")
    principal = role(allow("s3:ListBucket", BUCKET))
    client = cloud.clients.client("s3", "us-east-1", principal)
    for _ in range(2):
        client.list_objects_v2(Bucket="b-1")
        with pytest.raises(ClientError, match="AccessDenied"):
            client.put_object(Bucket="b-1", Key="k")
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    assert lines(folder) == [
        {"role": arn, "action": "s3:ListBucket", "resource": BUCKET, "allowed": True},
        {"role": arn, "action": "s3:PutObject", "resource": f"{BUCKET}/k", "allowed": False},
    ]


def test_clouds_of_one_process_share_a_file(
    cloud: Any, role: MakeRole, folder: Path, tmp_path: Path
) -> None:
    cloud.get(iam.Authority).allows(role(), "s3:GetObject", BUCKET)
    next_cloud = new_cloud(Settings(tmp_path / "next"), ManualClock())
    iam.install(next_cloud)
    next_cloud.get(iam.Authority).allows(role(name="r2"), "s3:GetObject", BUCKET)
    next_cloud.close()
    assert [line["role"].rpartition("/")[2] for line in lines(folder)] == ["r", "r2"]


def test_what_is_no_role_is_not_written(cloud: Any, folder: Path) -> None:
    cloud.clients.client("s3", "us-east-1").create_bucket(Bucket="b-1")
    assert not folder.exists()
