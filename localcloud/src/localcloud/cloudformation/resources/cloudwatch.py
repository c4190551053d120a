"""Amazon CloudWatch: alarms and dashboards."""

from __future__ import annotations

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
    tag_changes,
)

_ALARM = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Tags",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
)


class Alarm(ResourceType):
    type = "AWS::CloudWatch::Alarm"
    named_by = "AlarmName"
    consumes = frozenset({*_ALARM, "AlarmName"})

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("AlarmName") or site.name(255)
        look = site.client("cloudwatch").describe_alarms
        site.must_be_new(name, lambda: look(AlarmNames=[name])["MetricAlarms"])
        self._put(site, name, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        arn = f"arn:aws:cloudwatch:{site.region}:{site.account_id}:alarm:{physical_id}"
        return {"Arn": arn}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        """ "If you are updating an existing alarm, any tags you specify are ignored."

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        self._put(site, physical_id, new)
        if changed(old, new, "Tags"):
            cloudwatch = site.client("cloudwatch")
            arn = self.attributes(site, physical_id, new)["Arn"]
            dropped, tags = tag_changes(old, new)
            if dropped:
                cloudwatch.untag_resource(ResourceARN=arn, TagKeys=dropped)
            if tags:
                cloudwatch.tag_resource(ResourceARN=arn, Tags=new["Tags"])

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("cloudwatch").delete_alarms, "ResourceNotFound", AlarmNames=[physical_id])

    def _put(self, site: Site, name: str, props: Props) -> None:
        site.client("cloudwatch").put_metric_alarm(AlarmName=name, **given(props, *_ALARM))


class Dashboard(ResourceType):
    type = "AWS::CloudWatch::Dashboard"
    named_by = "DashboardName"
    consumes = names("DashboardBody DashboardName")

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("DashboardName") or site.name(255)
        site.must_be_new(name, site.client("cloudwatch").get_dashboard, DashboardName=name)
        self._put(site, name, props)
        return name

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._put(site, physical_id, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("cloudwatch").delete_dashboards,
            "ResourceNotFound",
            "DashboardNotFoundError",
            DashboardNames=[physical_id],
        )

    def _put(self, site: Site, name: str, props: Props) -> None:
        body = props["DashboardBody"]
        site.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)


TYPES = (Alarm, Dashboard)
