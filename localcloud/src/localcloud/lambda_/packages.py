"""Deployment packages: where the bytes come from, and the folders they are unzipped to, once for
each content.
"""

from __future__ import annotations

import base64
import hashlib
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
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.lambda_.limits import DIRECT_REQUEST_BYTES, DIRECT_UPLOAD_BYTES, UNZIPPED_BYTES


@dataclass(frozen=True)
class Package:
    folder: Path
    sha256: str  # base64, as the API shows it
    size: int
    unzipped_bytes: int


def fetch(source: dict[str, Any], call: Call, clients: Clients) -> bytes:
    """The zip file that Code (of a function) or Content (of a layer) names, read from S3 as the
    caller.
    """
    for member in ("ImageUri", "SourceKMSKeyArn"):
        if source.get(member):
            raise not_emulated(f"Lambda code by {member}")
    if (data := source.get("ZipFile")) is not None:
        if len(data) > DIRECT_UPLOAD_BYTES:
            raise ApiError(
                "RequestEntityTooLargeException",
                f"Request must be smaller than {DIRECT_REQUEST_BYTES} bytes for the {call.name} "
                "operation",
                413,
            )
        return bytes(data)
    if not source.get("S3Bucket") or not source.get("S3Key"):
        raise ApiError(
            "InvalidParameterValueException",
            "Please provide a source for function code.",
        )
    return _from_s3(source, call, clients)


def _from_s3(source: dict[str, Any], call: Call, clients: Clients) -> bytes:
    bucket, key = source["S3Bucket"], source["S3Key"]
    where = {"Bucket": bucket, "Key": key}
    if source.get("S3ObjectVersion"):
        where["VersionId"] = source["S3ObjectVersion"]
    try:
        # Lambda wants the bucket in its own Region; moto would answer from any.
        location = clients.client("s3", call.region).get_bucket_location(Bucket=bucket)
        home = location.get("LocationConstraint") or "us-east-1"
        if home != call.region:
            raise _s3_error(
                "PermanentRedirect",
                f"The bucket is in this region: {home}. "
                "Please use this region to retry the request",
            )
        data: bytes = (
            clients.client("s3", call.region, call.principal).get_object(**where)["Body"].read()
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("AccessDenied", "AccessDeniedException"):
            raise ApiError(
                "AccessDeniedException",
                "Your access has been denied by S3, please make sure your request credentials have "
                f"permission to GetObject for {bucket}/{key}. S3 Error Code: AccessDenied. "
                f"S3 Error Message: {error.response['Error']['Message']}",
                403,
            ) from error
        raise _s3_error(code, error.response["Error"]["Message"]) from error
    return data


def _s3_error(code: str, message: str) -> ApiError:
    return ApiError(
        "InvalidParameterValueException",
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}",
    )


class Packages:
    """Unzipped packages under one folder. Both Regions share what has the same content."""

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
                    raise ApiError(
                        "InvalidParameterValueException", "Uploaded file must be a non-empty zip"
                    )
                if unzipped > UNZIPPED_BYTES:
                    raise too_large_unzipped()
                if not target.exists():
                    self._extract(archive, target)
        except zipfile.BadZipFile as error:
            raise ApiError(
                "InvalidParameterValueException",
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            ) from error
        sha = base64.b64encode(digest.digest()).decode()
        return Package(target, sha, len(data), unzipped)

    def merge(self, layers: Iterable[Path]) -> Path:
        """The folder that stands for /opt: the layers unzipped over one another; the last wins."""
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
            # zipfile drops permissions; Lambda keeps them, and a file that others cannot read fails
            # there.
            mode = entry.external_attr >> 16 & 0o777
            if mode and not entry.is_dir():
                path.chmod(mode)
        _move(scratch, target)

    def _scratch(self) -> Path:
        folder = self._folder / "scratch" / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return folder


def too_large_unzipped() -> ApiError:
    return ApiError(
        "InvalidParameterValueException",
        f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes",
    )


def _move(scratch: Path, target: Path) -> None:
    """Into place at once, so that nobody sees half of it; whoever comes second keeps the first
    one's.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(scratch, target)  # noqa: PTH104 - Path.rename reads the same
    except OSError:
        shutil.rmtree(scratch)
