"""Deployment packages, unzipped into folders, and the folder that stands for /var/runtime."""

import base64
import hashlib
import importlib.metadata
import io
import os
import shutil
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.lambda_ import limits
from localcloud.lambda_.errors import invalid_parameter, too_large_unzipped

# A python3.13 runtime of Lambda has, beside the standard library, AWS's SDK and the runtime client,
# both with their requirements.
_DISTRIBUTIONS = (
    "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3",
    "awslambdaric", "simplejson", "snapshot-restore-py",
)  # fmt: skip


@dataclass(frozen=True)
class Package:
    folder: Path
    sha256: str  # base64, as the API shows it
    size: int
    unzipped_bytes: int


def fetch(source: dict[str, Any], call: Call, clients: Clients) -> bytes:
    """Return the zip file of a function's Code or a layer's Content, read from S3 as the caller."""
    if (data := source.get("ZipFile")) is not None:
        if len(data) > limits.DIRECT_UPLOAD_BYTES:
            limit, operation = limits.DIRECT_REQUEST_BYTES, call.name
            message = f"Request must be smaller than {limit} bytes for the {operation} operation"
            raise ApiError("RequestEntityTooLargeException", message, 413)
        return bytes(data)
    if not source.get("S3Bucket") or not source.get("S3Key"):
        raise invalid_parameter("Please provide a source for function code.")
    return _from_s3(source, call, clients)


def _from_s3(source: dict[str, Any], call: Call, clients: Clients) -> bytes:
    bucket, key = source["S3Bucket"], source["S3Key"]
    params = {"Bucket": bucket, "Key": key}
    if source.get("S3ObjectVersion"):
        params["VersionId"] = source["S3ObjectVersion"]
    try:
        # Lambda wants the bucket in its own Region; moto would answer from any.
        location = clients.client("s3", call.region).get_bucket_location(Bucket=bucket)
        region = location.get("LocationConstraint") or "us-east-1"
        if region != call.region:
            raise _s3_error(
                "PermanentRedirect",
                f"The bucket is in this region: {region}. "
                "Please use this region to retry the request",
            )
        client = clients.client("s3", call.region, call.principal)
        data: bytes = client.get_object(**params)["Body"].read()
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code in ("AccessDenied", "AccessDeniedException"):
            raise ApiError(
                "AccessDeniedException",
                "Your access has been denied by S3, please make sure your request credentials have "
                f"permission to GetObject for {bucket}/{key}. S3 Error Code: AccessDenied. "
                f"S3 Error Message: {message}",
                403,
            ) from error
        raise _s3_error(code, message) from error
    return data


def _s3_error(code: str, message: str) -> ApiError:
    return invalid_parameter(
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    )


class Packages:
    """Unzipped packages under one folder, once for each content: the Regions share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unpack(self, data: bytes) -> Package:
        digest = hashlib.sha256(data)
        target = self._folder / "code" / digest.hexdigest()
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = archive.infolist()
                unzipped = sum(entry.file_size for entry in entries)
                if not entries:
                    raise invalid_parameter("Uploaded file must be a non-empty zip")
                if unzipped > limits.UNZIPPED_BYTES:
                    raise too_large_unzipped()
                if not target.exists():
                    self._extract(archive, target)
        except zipfile.BadZipFile as error:
            raise invalid_parameter(
                "Could not unzip uploaded file. Please check your file, then try to upload again."
            ) from error
        sha = base64.b64encode(digest.digest()).decode()
        return Package(target, sha, len(data), unzipped)

    def merge(self, layers: Iterable[Path]) -> Path:
        """Return the folder for /opt: the layers unzipped over one another; the last wins."""
        folders = list(layers)
        if len(folders) == 1:
            return folders[0]
        name = hashlib.sha256("\n".join(folder.name for folder in folders).encode()).hexdigest()
        target = self._folder / "opt" / name
        if not target.exists():
            scratch = self._scratch()
            for folder in folders:
                shutil.copytree(folder, scratch, symlinks=True, dirs_exist_ok=True)
            _move(scratch, target)
        return target

    def _extract(self, archive: zipfile.ZipFile, target: Path) -> None:
        scratch = self._scratch()
        for entry in archive.infolist():
            path = Path(archive.extract(entry, scratch))
            # zipfile drops permissions. Lambda keeps them, and fails where others cannot read.
            mode = entry.external_attr >> 16 & 0o777
            if mode and not entry.is_dir():
                path.chmod(mode)
        _move(scratch, target)

    def _scratch(self) -> Path:
        folder = self._folder / "scratch" / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return folder


def _move(scratch: Path, target: Path) -> None:
    """Move a folder into place at once, so that nobody sees half of it; the first one stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(scratch, target)  # noqa: PTH104 - Path.rename reads the same
    except OSError:
        shutil.rmtree(scratch)


def make_runtime_directory(target: Path) -> Path:
    """Fill ``target`` with symlinks into the host's site-packages, which share ``.pyc`` files."""
    target.mkdir(parents=True, exist_ok=True)
    for name in _DISTRIBUTIONS:
        for top in _top_level(importlib.metadata.distribution(name)):
            link = target / top.name
            if not link.is_symlink():
                link.symlink_to(top)
    return target


def _top_level(distribution: importlib.metadata.Distribution) -> set[Path]:
    root = Path(str(distribution.locate_file(""))).resolve()
    parts = {file.parts[0] for file in distribution.files or ()}
    return {root / part for part in parts if part not in ("..", "__pycache__")}
