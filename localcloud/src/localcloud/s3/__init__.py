"""S3 beyond objects in buckets: notifications, replication, Multi-Region Access Points."""

from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.iam import Authority
from localcloud.lambda_ import Lambda
from localcloud.s3 import store
from localcloud.s3.bucket_rules import apply_rules
from localcloud.s3.changes import changes_of
from localcloud.s3.mrap import MultiRegionAccessPoints
from localcloud.s3.mrap_routing import MrapRouting
from localcloud.s3.notifications import Notifications
from localcloud.s3.object_files import keep_objects_in, keep_objects_in_memory
from localcloud.s3.replication import Replication
from localcloud.s3.replication_metrics import publish_metrics
from localcloud.s3.store import list_without_bytes
from localcloud.usage.units import ACCESS_POINT_BYTES


def install(cloud: Cloud) -> None:
    """Adds ``Notifications``, ``Replication`` and ``MultiRegionAccessPoints``."""
    list_without_bytes()
    keep_objects_in(cloud.settings.state_dir / "objects")
    cloud.on_close(keep_objects_in_memory)
    functions = cloud.find(Lambda)
    notifications = Notifications(cloud, functions.invoke if functions else None)
    replication = Replication(cloud, cloud.find(Authority), notifications.notify)
    publish_metrics(cloud, replication)
    access_points = MultiRegionAccessPoints(cloud)
    routing = MrapRouting(cloud, access_points)

    def meter(call: Call, response: Response) -> None:
        if call.request.via:
            size = len(call.request.body) + len(response.body)
            name = call.request.via.rsplit("/", 1)[-1]
            cloud.usage.add(ACCESS_POINT_BYTES, call.region, name, size)

    def watch(call: Call, response: Response) -> None:
        for change in changes_of(call, response):
            replication.replicate(change)
            notifications.notify(change)
        if call.name in ("PutObjectTagging", "DeleteObjectTagging"):
            bucket, key = call.params["Bucket"], call.params["Key"]
            version = store.find_version(bucket, key, call.params.get("VersionId"))
            replication.replicate_tags(bucket, version)
        elif call.name == "DeleteBucket":
            notifications.forget(call.params["Bucket"])
            replication.forget(call.params["Bucket"])

    cloud.gateway.open_services.add("s3")  # buckets may be public
    cloud.gateway.rewriters.append(routing.rewrite)
    cloud.gateway.checks.insert(0, routing.check)
    cloud.gateway.meters.append(meter)
    for handler in (apply_rules, notifications, replication):
        cloud.gateway.register("s3", handler)
    cloud.gateway.register("s3control", access_points)
    cloud.gateway.watch("s3", watch)
    for part in (notifications, replication, access_points):
        cloud.add(part)
    cloud.on_close(notifications.close)
    cloud.on_close(replication.close)
