"""Rules for what keeps or passes on data: encryption, TLS only, and a policy of its own.

cfn-lint imports this file by its path, so it imports no other file of this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

Json = dict[str, Any]
_WITHOUT_TLS = ({"aws:SecureTransport": "false"}, {"aws:SecureTransport": False})
# AWS does not document that their endpoints take a policy: the role and the security group decide.
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
WITHOUT_ENDPOINT_POLICY = ("email",)


class _Rule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no types
    """Asks something of every resource of some types."""

    id = ""  # cfn-lint loads no rule without an id
    types: ClassVar[list[str]] = []
    tags = ("stores",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", name], f"{name} needs {lack}")
            for name, resource in cfn.get_resources(self.types).items()
            for lack in self.lacks(name, resource.get("Properties", {}), cfn)
        ]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        raise NotImplementedError


class BucketIsProtected(_Rule):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"""

    id = "E9011"
    shortdesc = "A bucket is encrypted, private, and answers over TLS only"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::S3::Bucket"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        if "BucketEncryption" not in properties:
            yield "BucketEncryption"
        if not all(properties.get("PublicAccessBlockConfiguration", {"": False}).values()):
            yield "all four parts of PublicAccessBlockConfiguration"
        if not _refuses_without_tls(cfn, "AWS::S3::BucketPolicy", "Bucket", name):
            yield "a bucket policy that denies requests without TLS"


class TableIsEncrypted(_Rule):
    """With a key of KMS, whose use can be seen; the roles' policies say who reaches a table."""

    id = "E9012"
    shortdesc = "A table is encrypted with a key of KMS and can be restored"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        del name, cfn
        if properties.get("SSESpecification", {}).get("SSEEnabled") is not True:
            yield "SSESpecification.SSEEnabled"
        for part in properties.get("Replicas", [properties]):
            recovery = part.get("PointInTimeRecoverySpecification", {})
            if recovery.get("PointInTimeRecoveryEnabled") is not True:
                yield "point-in-time recovery (in every replica)"


class QueueIsProtected(_Rule):
    """SQS also answers over HTTP: https://docs.aws.amazon.com/general/latest/gr/sqs-service.html"""

    id = "E9013"
    shortdesc = "A queue is encrypted and answers over TLS only"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::SQS::Queue"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        if not (properties.get("SqsManagedSseEnabled") or properties.get("KmsMasterKeyId")):
            yield "SqsManagedSseEnabled or KmsMasterKeyId"
        if not _refuses_without_tls(cfn, "AWS::SQS::QueuePolicy", "Queues", name):
            yield "a queue policy that denies requests without TLS"


class TopicIsProtected(_Rule):
    """https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"""

    id = "E9014"
    shortdesc = "A topic is encrypted and takes messages over TLS only"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::SNS::Topic"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        if not properties.get("KmsMasterKeyId"):
            yield "KmsMasterKeyId"
        if not _refuses_without_tls(cfn, "AWS::SNS::TopicPolicy", "Topics", name):
            yield "a topic policy that denies requests without TLS"


class EndpointHasPolicy(_Rule):
    """Without one an endpoint lets every caller reach every resource of every account.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """

    id = "E9015"
    shortdesc = "A VPC endpoint has a policy, for this account and over TLS only"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::EC2::VPCEndpoint"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        del name, cfn
        service = str(properties["ServiceName"]).rstrip("'}").rsplit(".", 1)[-1]
        if service in WITHOUT_ENDPOINT_POLICY:
            return
        for statement in _statements(properties) or [{}]:
            condition = statement.get("Condition", {})
            if "aws:PrincipalAccount" not in condition.get("StringEquals", {}):
                yield "a PolicyDocument whose statements have StringEquals aws:PrincipalAccount"
            if condition.get("Bool", {}).get("aws:SecureTransport") not in ("true", True):
                yield "a PolicyDocument whose statements have Bool aws:SecureTransport 'true'"


class RouteIsClosed(_Rule):
    """API Gateway answers over TLS only. An HTTP API has no policy, so its routes have to ask.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-ciphers.html
    """

    id = "E9017"
    shortdesc = "A route of an API asks every caller who it is"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::ApiGatewayV2::Route"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        del name, cfn
        if properties.get("AuthorizationType", "NONE") == "NONE":
            yield "an AuthorizationType"


class LogGroupExpires(_Rule):
    """CloudWatch Logs encrypts every log group, and keeps it for ever by default."""

    id = "E9016"
    shortdesc = "A log group has a retention"
    description = shortdesc
    types: ClassVar[list[str]] = ["AWS::Logs::LogGroup"]

    def lacks(self, name: str, properties: Json, cfn: Template) -> Iterator[str]:
        del name, cfn
        if "RetentionInDays" not in properties:
            yield "RetentionInDays"


def _refuses_without_tls(cfn: Template, kind: str, property_name: str, name: str) -> bool:
    """Whether a resource policy of this type denies every principal a request without TLS."""
    return any(
        statement.get("Effect") == "Deny"
        and statement.get("Principal") == "*"
        and statement.get("Condition", {}).get("Bool") in _WITHOUT_TLS
        for policy in cfn.get_resources(kind).values()
        if {"Ref": name} in _as_list(policy["Properties"][property_name])
        for statement in _statements(policy["Properties"])
    )


def _statements(properties: Json) -> list[Json]:
    return _as_list(properties.get("PolicyDocument", {}).get("Statement", []))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
