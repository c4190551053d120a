"""Everything that a deployment could leave behind, listed by the services' own APIs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Client = Callable[[str, str], Any]  # of a service, in a Region
ACCOUNT = "123456789012"
CONTROL = "us-west-2"  # where ARC's and the Multi-Region Access Points' control planes are

# Service, operation, member of the response, what names an item; once for the account.
_GLOBAL = (
    ("s3", "list_buckets", "Buckets", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("route53", "list_hosted_zones", "HostedZones", "Name"),
    ("route53", "list_health_checks", "HealthChecks", "Id"),
    ("route53-recovery-control-config", "list_clusters", "Clusters", "Name"),
)
# The same, in each Region.
_REGIONAL = (
    ("apigatewayv2", "get_apis", "Items", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("events", "list_rules", "Rules", "Name"),
    ("fis", "list_experiment_templates", "experimentTemplates", "id"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("lambda", "list_layers", "Layers", "LayerName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
)


def inventory(client: Client, regions: list[str]) -> set[str]:
    """``<Region> <service> <name>`` of everything that is there."""
    items = {f"global {name}" for row in _GLOBAL for name in _names(client, CONTROL, *row)}
    items |= {f"global policy {name}" for name in _policies(client)}
    items |= {f"global mrap {name}" for name in _access_points(client)}
    for region in regions:
        items |= {f"{region} {name}" for row in _REGIONAL for name in _names(client, region, *row)}
        items |= {f"{region} {name}" for name in _others(client, region)}
    return items


def _names(
    client: Client, region: str, service: str, operation: str, member: str, key: str
) -> Iterator[str]:
    api = client(service, region)
    pages = (
        api.get_paginator(operation).paginate()
        if api.can_paginate(operation)
        else [getattr(api, operation)()]
    )
    for page in pages:
        for item in page.get(member, []):
            yield f"{service} {item[key] if key else item}"


def _policies(client: Client) -> Iterator[str]:
    pages = client("iam", CONTROL).get_paginator("list_policies").paginate(Scope="Local")
    yield from (item["PolicyName"] for page in pages for item in page["Policies"])


def _access_points(client: Client) -> Iterator[str]:
    page = client("s3control", CONTROL).list_multi_region_access_points(AccountId=ACCOUNT)
    yield from (item["Name"] for item in page["AccessPoints"])


def _others(client: Client, region: str) -> Iterator[str]:
    for url in client("sqs", region).list_queues().get("QueueUrls", []):
        yield f"queue {url}"
    own_documents = [{"Key": "Owner", "Values": ["Self"]}]
    documents = client("ssm", region).list_documents(Filters=own_documents)["DocumentIdentifiers"]
    for item in documents:
        yield f"document {item['Name']}"
    for stack in client("cloudformation", region).describe_stacks()["Stacks"]:
        yield f"stack {stack['StackName']}"
    for item in client("ec2", region).describe_vpc_endpoints()["VpcEndpoints"]:
        if item["State"] != "deleted":  # EC2 shows them for a while
            yield f"endpoint {item['VpcEndpointId']}"
    yield from _keys(client("kms", region))


def _keys(kms: Any) -> Iterator[str]:
    """The customer's; one that is scheduled for deletion is there for another week at least."""
    aliases = kms.list_aliases()["Aliases"]
    of_aws = {
        item.get("TargetKeyId") for item in aliases if item["AliasName"].startswith("alias/aws/")
    }
    for item in kms.list_keys()["Keys"]:
        metadata = kms.describe_key(KeyId=item["KeyId"])["KeyMetadata"]
        if metadata["KeyState"] == "Enabled" and item["KeyId"] not in of_aws:
            yield f"key {item['KeyId']}"
