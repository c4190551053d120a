"""The operations on alarms and their tags."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from localcloud.cloudwatch.alarms.alarms import Alarms
from localcloud.cloudwatch.alarms.checks import settings_of
from localcloud.cloudwatch.alarms.model import Alarm
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock

_PAGE, _LARGEST_PAGE = 50, 100


class AlarmApi:
    """Handler of ``cloudwatch``; metrics and dashboards are left to others."""

    def __init__(self, alarms: Alarms, account: str) -> None:
        self._alarms = alarms
        self._account = account
        self._operations: dict[str, Callable[[Call, dict[str, Any]], dict[str, Any]]] = {
            "DeleteAlarms": self._delete,
            "DescribeAlarmHistory": self._history,
            "DescribeAlarms": self._describe,
            "DescribeAlarmsForMetric": self._describe_for_metric,
            "DisableAlarmActions": self._disable,
            "EnableAlarmActions": self._enable,
            "ListTagsForResource": self._list_tags,
            "PutMetricAlarm": self._put_metric_alarm,
            "SetAlarmState": self._set_state,
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }

    def __call__(self, call: Call) -> Response | None:
        operation = self._operations.get(call.name)
        return serialize(call, operation(call, call.params)) if operation else None

    def _put_metric_alarm(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        settings = settings_of(params, call.region)
        alarm = self._alarms.find(call.region, settings["AlarmName"])
        tags = params.get("Tags") or []
        if alarm is None and tags:  # "tags are ignored" where the alarm exists
            self._tagger(call).tag_resource(self._arn(call, settings["AlarmName"]), tags)
        self._alarms.configure(call.region, settings)
        return {}

    def _describe(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        for member in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
            if params.get(member):
                raise not_emulated(f"{member} of DescribeAlarms")
        names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix")
        if names and prefix:
            message = "AlarmNamePrefix and AlarmNames.member are mutually exclusive"
            raise ApiError("InvalidParameterCombination", message, 400)
        if "MetricAlarm" not in (params.get("AlarmTypes") or ["MetricAlarm"]):
            return {"MetricAlarms": [], "CompositeAlarms": []}
        action = params.get("ActionPrefix") or ""
        chosen = [
            alarm.view()
            for alarm in self._alarms.all(call.region)
            if (not names or alarm.name in names)
            and alarm.name.startswith(prefix or "")
            and params.get("StateValue") in (None, alarm.state.value)
            and (not action or any(item.startswith(action) for item in _actions(alarm)))
        ]
        return _page("MetricAlarms", chosen, params) | {"CompositeAlarms": []}

    def _describe_for_metric(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        dimensions = {item["Name"]: item["Value"] for item in params.get("Dimensions") or []}
        members = ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Unit")
        query = {name: params[name] for name in members if params.get(name) is not None}
        return {
            "MetricAlarms": [
                alarm.view()
                for alarm in self._alarms.all(call.region)
                if query.items() <= alarm.settings.items()
                and dict(alarm.metric.dimensions) == dimensions
            ]
        }

    def _history(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        name, kind = params.get("AlarmName"), params.get("HistoryItemType")
        first, last = _time(params.get("StartDate")), _time(params.get("EndDate"))
        items = [
            item
            for item in self._alarms.history.items(call.region)
            if name in (None, item["AlarmName"])
            and kind in (None, item["HistoryItemType"])
            and (first is None or item["Timestamp"] >= first)
            and (last is None or item["Timestamp"] <= last)
        ]
        if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
            items.reverse()
        return _page("AlarmHistoryItems", items, params)

    def _delete(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        for name in params["AlarmNames"]:
            self._alarms.delete(call.region, name)
            with service_lock("cloudwatch"):
                self._tagger(call).delete_all_tags_for_resource(self._arn(call, name))
        return {}

    def _enable(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        return self._switch(call, params, is_enabled=True)

    def _disable(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        return self._switch(call, params, is_enabled=False)

    def _switch(self, call: Call, params: dict[str, Any], *, is_enabled: bool) -> dict[str, Any]:
        for name in params["AlarmNames"]:
            self._alarms.set_actions_enabled(call.region, name, is_enabled)
        return {}

    def _set_state(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        data = params.get("StateReasonData") or ""
        if data and not _is_json(data):
            message = "StateReasonData was not syntactically valid JSON"
            raise ApiError("InvalidFormat", message, 400)
        alarm = self._alarms.find(call.region, params["AlarmName"])
        if alarm is None:
            raise ApiError("ResourceNotFound", "Alarm does not exist", 404)
        self._alarms.set_state(alarm, params["StateValue"], params["StateReason"], data)
        return {}

    def _list_tags(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(call, params["ResourceARN"])
        tags = self._tagger(call).get_tag_dict_for_resource(arn)
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tag(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(call, params["ResourceARN"])
        self._tagger(call).tag_resource(arn, params["Tags"])
        return {}

    def _untag(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(call, params["ResourceARN"])
        self._tagger(call).untag_resource_using_names(arn, params["TagKeys"])
        return {}

    def _existing(self, call: Call, arn: str) -> str:
        """Return the ARN of an alarm. Raises ApiError if it has no such."""
        if arn.split(":")[5:6] != ["alarm"]:
            raise not_emulated(f"tags of {arn}")
        if self._alarms.find(call.region, arn.split(":", 6)[-1]) is None:
            raise ApiError("ResourceNotFoundException", "Unknown", 404)
        return arn

    def _tagger(self, call: Call) -> Any:
        return cloudwatch_backends[self._account][call.region].tagger

    def _arn(self, call: Call, name: str) -> str:
        return f"arn:aws:cloudwatch:{call.region}:{self._account}:alarm:{name}"


def _actions(alarm: Alarm) -> list[str]:
    members = ("OKActions", "AlarmActions", "InsufficientDataActions")
    return [action for member in members for action in alarm.settings[member]]


def _page(member: str, items: list[dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
    """Return a page; its token is the number of items before the next one."""
    token = params.get("NextToken") or "0"
    if not re.fullmatch("[0-9]{1,9}", token) or int(token) > len(items):
        raise ApiError("InvalidNextToken", "The next token is invalid.", 400)
    first = int(token)
    last = first + min(params.get("MaxRecords") or _PAGE, _LARGEST_PAGE)
    following = {"NextToken": str(last)} if last < len(items) else {}
    return {member: items[first:last], **following}


def _time(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=value.tzinfo or UTC) if value else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
