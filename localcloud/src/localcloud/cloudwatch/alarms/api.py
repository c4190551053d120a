"""The operations on alarms and their tags."""

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from localcloud.cloudwatch.alarms.alarms import Alarms
from localcloud.cloudwatch.alarms.checks import settings_of
from localcloud.cloudwatch.alarms.model import ACTIONS_BY_STATE, Alarm
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.settings import ACCOUNT_ID


class AlarmApi(Service):
    """Metrics and dashboards are left to others."""

    service = "cloudwatch"
    falls_through = True
    pager = Pager(50, "InvalidNextToken", "The next token is invalid.", largest=100)

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms

    def put_metric_alarm(self, call: Call, **params: Any) -> dict[str, Any]:
        settings = settings_of(params, call.region)
        existing = self._alarms.find(call.region, settings["AlarmName"])
        alarm = self._alarms.configure(call.region, settings)
        if existing is None and params.get("Tags"):  # "tags are ignored" where the alarm exists
            self._tagger(call).tag_resource(alarm.arn, params["Tags"])
        return {}

    def describe_alarms(self, call: Call, **params: Any) -> dict[str, Any]:
        names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix")
        if names and prefix:
            message = "AlarmNamePrefix and AlarmNames.member are mutually exclusive"
            raise ApiError("InvalidParameterCombination", message, 400)
        action = params.get("ActionPrefix") or ""
        chosen = [
            alarm.view()
            for alarm in self._alarms.all(call.region)
            if "MetricAlarm" in (params.get("AlarmTypes") or ["MetricAlarm"])
            and (not names or alarm.name in names)
            and alarm.name.startswith(prefix or "")
            and params.get("StateValue") in (None, alarm.state.value)
            and (not action or any(item.startswith(action) for item in _actions(alarm)))
        ]
        return {"MetricAlarms": chosen, "CompositeAlarms": []}

    def describe_alarm_history(self, call: Call, **params: Any) -> dict[str, Any]:
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
        return {"AlarmHistoryItems": items}

    def delete_alarms(self, call: Call, **params: Any) -> dict[str, Any]:
        for name in params["AlarmNames"]:
            if alarm := self._alarms.delete(call.region, name):
                with service_lock("cloudwatch"):
                    self._tagger(call).delete_all_tags_for_resource(alarm.arn)
        return {}

    def set_alarm_state(self, call: Call, **params: Any) -> dict[str, Any]:
        data = params.get("StateReasonData") or ""
        try:
            json.loads(data or "{}")
        except ValueError:
            message = "StateReasonData was not syntactically valid JSON"
            raise ApiError("InvalidFormat", message, 400) from None
        alarm = self._alarms.find(call.region, params["AlarmName"])
        if alarm is None:
            raise ApiError("ResourceNotFound", "Alarm does not exist", 404)
        self._alarms.set_state(alarm, params["StateValue"], params["StateReason"], data)
        return {}

    def list_tags_for_resource(self, call: Call, **params: Any) -> dict[str, Any]:
        tags = self._tagger(call).get_tag_dict_for_resource(self._existing(call, params))
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def tag_resource(self, call: Call, **params: Any) -> dict[str, Any]:
        self._tagger(call).tag_resource(self._existing(call, params), params["Tags"])
        return {}

    def untag_resource(self, call: Call, **params: Any) -> dict[str, Any]:
        arn = self._existing(call, params)
        self._tagger(call).untag_resource_using_names(arn, params["TagKeys"])
        return {}

    def _existing(self, call: Call, params: dict[str, Any]) -> str:
        """Return the ARN of an alarm. Raises ApiError if it has no such."""
        arn = str(params["ResourceARN"])
        if arn.split(":")[5:6] != ["alarm"]:
            raise not_emulated(f"tags of {arn}")
        if self._alarms.find(call.region, arn.split(":", 6)[-1]) is None:
            raise ApiError("ResourceNotFoundException", "Unknown", 404)
        return arn

    def _tagger(self, call: Call) -> Any:
        return cloudwatch_backends[ACCOUNT_ID][call.region].tagger


def _actions(alarm: Alarm) -> list[str]:
    return [action for member in ACTIONS_BY_STATE.values() for action in alarm.settings[member]]


def _time(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=value.tzinfo or UTC) if value else None
