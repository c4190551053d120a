"""Amazon S3 Multi-Region Access Points: asynchronous calls to the control plane in us-west-2."""

from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
    pick,
)
from localcloud.cloudformation.resources.provider import ResourceProvider

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
_CONTROL_REGION = "us-west-2"


def _call(context: ResourceContext, operation: str, **params: Any) -> Properties:
    client = context.client("s3control", _CONTROL_REGION)
    answer: Properties = getattr(client, operation)(AccountId=context.account_id, **params)
    return answer


def _await_operation(context: ResourceContext, answer: Properties, subject: str) -> None:
    """Wait for the operation that ``answer`` names."""

    def has_succeeded() -> bool:
        operation = _call(
            context,
            "describe_multi_region_access_point_operation",
            RequestTokenARN=answer["RequestTokenARN"],
        )["AsyncOperation"]
        if operation["RequestStatus"] in ("FAILED", "PARTIALLY_FAILED"):
            raise ResourceFailure(f"{subject} failed: {operation.get('ResponseDetails')}")
        return bool(operation["RequestStatus"] == "SUCCEEDED")

    context.wait(has_succeeded, subject)


class AccessPoint(ResourceProvider):
    def create(self, context: ResourceContext) -> None:
        properties = context.properties
        name: str = properties.get("Name") or context.generate_name(50, lower=True)
        buckets = [pick(item, "Bucket", "BucketAccountId") for item in properties["Regions"]]
        details = {"Name": name, "Regions": buckets}
        if "PublicAccessBlockConfiguration" in properties:
            details["PublicAccessBlock"] = properties["PublicAccessBlockConfiguration"]
        answer = _call(context, "create_multi_region_access_point", Details=details)
        context.created(name)
        _await_operation(context, answer, f"Creation of the Multi-Region Access Point {name}")

    def read_attributes(self, context: ResourceContext) -> Properties:
        answer = _call(context, "get_multi_region_access_point", Name=context.physical_id)
        access_point = answer["AccessPoint"]
        return {"Alias": access_point["Alias"], "CreatedAt": str(access_point.get("CreatedAt"))}

    def delete(self, context: ResourceContext) -> None:
        name = context.physical_id
        try:
            answer = _call(context, "delete_multi_region_access_point", Details={"Name": name})
        except ClientError as error:
            if error_code(error) != "NoSuchMultiRegionAccessPoint":
                raise
            return
        _await_operation(context, answer, f"Deletion of the Multi-Region Access Point {name}")


PROVIDERS = (
    AccessPoint(
        type="AWS::S3::MultiRegionAccessPoint",
        supported=names("Name Regions PublicAccessBlockConfiguration"),
        unique_name="Name",
    ),
)
