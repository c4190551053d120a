"""Amazon S3 Multi-Region Access Points: asynchronous calls to the control plane in us-west-2."""

from __future__ import annotations

import json
import uuid
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import Props, ResourceType, Site, given, names

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
_CONTROL_REGION = "us-west-2"


def _control(site: Site) -> Any:
    return site.client("s3control", _CONTROL_REGION)


def _finish(site: Site, answer: Props, what: str) -> None:
    """Wait for the operation that ``answer`` names."""
    asked = {"AccountId": site.account_id, "RequestTokenARN": answer["RequestTokenARN"]}

    def ended() -> bool:
        told = _control(site).describe_multi_region_access_point_operation(**asked)
        operation = told["AsyncOperation"]
        if operation["RequestStatus"] in ("FAILED", "PARTIALLY_FAILED"):
            raise ResourceFailure(f"{what} failed: {operation.get('ResponseDetails')}")
        return bool(operation["RequestStatus"] == "SUCCEEDED")

    site.wait(ended, what)


class AccessPoint(ResourceType):
    type = "AWS::S3::MultiRegionAccessPoint"
    named_by = "Name"
    consumes = names("Name Regions PublicAccessBlockConfiguration")

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("Name") or site.name(50, lower=True)
        block = props.get("PublicAccessBlockConfiguration")
        answer = _control(site).create_multi_region_access_point(
            AccountId=site.account_id,
            ClientToken=str(uuid.uuid4()),
            Details={
                "Name": name,
                "Regions": [given(item, "Bucket", "BucketAccountId") for item in props["Regions"]],
                **({"PublicAccessBlock": block} if block else {}),
            },
        )
        site.created(name)
        _finish(site, answer, f"Creation of the Multi-Region Access Point {name}")
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        found = _control(site).get_multi_region_access_point(
            AccountId=site.account_id, Name=physical_id
        )["AccessPoint"]
        return {"Alias": found["Alias"], "CreatedAt": str(found.get("CreatedAt"))}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        try:
            answer = _control(site).delete_multi_region_access_point(
                AccountId=site.account_id,
                ClientToken=str(uuid.uuid4()),
                Details={"Name": physical_id},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchMultiRegionAccessPoint":
                raise
            return
        _finish(site, answer, f"Deletion of the Multi-Region Access Point {physical_id}")


class AccessPointPolicy(ResourceType):
    type = "AWS::S3::MultiRegionAccessPointPolicy"
    consumes = names("MrapName Policy")

    def create(self, site: Site, props: Props) -> str:
        name: str = props["MrapName"]
        answer = _control(site).put_multi_region_access_point_policy(
            AccountId=site.account_id,
            ClientToken=str(uuid.uuid4()),
            Details={"Name": name, "Policy": json.dumps(props["Policy"])},
        )
        _finish(site, answer, f"Policy of the Multi-Region Access Point {name}")
        return name

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self.create(site, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        """There is no call that removes it: it goes with the access point."""


TYPES = (AccessPoint, AccessPointPolicy)
