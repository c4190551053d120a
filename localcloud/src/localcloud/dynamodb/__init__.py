"""DynamoDB beyond one Region: global tables."""

import moto.dynamodb.responses

from localcloud.cloud import Cloud
from localcloud.dynamodb.api import DynamoDbApi
from localcloud.dynamodb.capacity import CapacityMeter
from localcloud.dynamodb.replicas import Replicas
from localcloud.dynamodb.tables import leave_streams_empty, query_one_partition

# A write is in the other Regions "typically within a second", when an S3 replica takes several.
_SHARE_OF_LAG = 0.2


def install(cloud: Cloud) -> None:
    """Adds ``Replicas``."""
    # moto's limit for TransactGetItems is from before 2022-09; both transactions take 100 since.
    moto.dynamodb.responses.TRANSACTION_MAX_ITEMS = 100
    leave_streams_empty()
    query_one_partition()
    replicas = Replicas(cloud.clock, cloud.settings.replication_lag * _SHARE_OF_LAG)
    meter = CapacityMeter(cloud.usage, replicas)
    cloud.gateway.register("dynamodb", DynamoDbApi(replicas, meter))
    cloud.add(replicas)
    cloud.on_close(replicas.close)
