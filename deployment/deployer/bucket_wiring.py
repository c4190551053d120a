"""Whether a bucket notifies its trigger and replicates to its peer, as foundation.yaml has it.

Both can be switched off past CloudFormation, which then sees no change: `make destroy-all` does so
first of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws

REPLICATED_PREFIXES = ("input/", "output/")


@dataclass(frozen=True)
class BucketWiring:
    """The bucket of a Region, and the ARNs of what it is connected to."""

    region: str
    bucket: str
    peer_arn: str
    trigger_arn: str

    def notification_difference(self, aws: Aws) -> str:
        """Return a sentence about what differs; nothing if all is as it should be."""
        s3 = aws.client("s3", self.region)
        response = s3.get_bucket_notification_configuration(Bucket=self.bucket)
        entries = response.get("LambdaFunctionConfigurations", [])
        if any(self._is_expected(entry) for entry in entries):
            return ""
        return f"{self.bucket} does not notify {self.trigger_arn} of new objects under input/"

    def _is_expected(self, entry: dict[str, Any]) -> bool:
        rules = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
        filters = {rule["Name"].lower(): rule["Value"] for rule in rules}
        return (
            entry["LambdaFunctionArn"] == self.trigger_arn
            and "s3:ObjectCreated:*" in entry["Events"]
            and filters == {"prefix": "input/"}
        )

    def replication_difference(self, aws: Aws) -> str:
        """Return a sentence about what differs; nothing if all is as it should be."""
        rules = self._replication_rules(aws)
        replicated = {
            rule["Filter"].get("Prefix")
            for rule in rules
            if rule["Status"] == "Enabled" and rule["Destination"]["Bucket"] == self.peer_arn
        }
        if lacking := [prefix for prefix in REPLICATED_PREFIXES if prefix not in replicated]:
            return f"{self.bucket} does not replicate {' and '.join(lacking)} to {self.peer_arn}"
        return ""

    def _replication_rules(self, aws: Aws) -> list[dict[str, Any]]:
        try:
            response = aws.client("s3", self.region).get_bucket_replication(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ReplicationConfigurationNotFoundError":
                return []
            raise
        return list(response["ReplicationConfiguration"]["Rules"])
