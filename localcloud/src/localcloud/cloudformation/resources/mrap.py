"""Amazon S3 Multi-Region Access Points, by the control plane in us-west-2.

Its operations are asynchronous; here they have succeeded by the time they are answered.
"""

from functools import partial
from typing import Any

from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    ignore_missing,
    names,
    pick,
)
from localcloud.cloudformation.resources.provider import ResourceProvider
from localcloud.settings import ACCOUNT_ID

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
_CONTROL_REGION = "us-west-2"


def _call(context: ResourceContext, operation: str, **params: Any) -> Properties:
    client = context.client("s3control", _CONTROL_REGION)
    answer: Properties = getattr(client, operation)(AccountId=ACCOUNT_ID, **params)
    return answer


class AccessPoint(ResourceProvider):
    def create(self, context: ResourceContext) -> None:
        properties = context.properties
        name: str = properties.get("Name") or context.generate_name(50, lower=True)
        buckets = [pick(item, "Bucket", "BucketAccountId") for item in properties["Regions"]]
        details = {"Name": name, "Regions": buckets}
        if "PublicAccessBlockConfiguration" in properties:
            details["PublicAccessBlock"] = properties["PublicAccessBlockConfiguration"]
        _call(context, "create_multi_region_access_point", Details=details)
        context.created(name)

    def read_attributes(self, context: ResourceContext) -> Properties:
        answer = _call(context, "get_multi_region_access_point", Name=context.physical_id)
        access_point = answer["AccessPoint"]
        return {"Alias": access_point["Alias"], "CreatedAt": str(access_point.get("CreatedAt"))}

    def delete(self, context: ResourceContext) -> None:
        details = {"Name": context.physical_id}
        delete = partial(_call, context, "delete_multi_region_access_point")
        ignore_missing(delete, "NoSuchMultiRegionAccessPoint", Details=details)


PROVIDERS = (
    AccessPoint(
        type="AWS::S3::MultiRegionAccessPoint",
        supported=names("Name Regions PublicAccessBlockConfiguration"),
        unique_name="Name",
    ),
)
