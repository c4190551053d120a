"""CreateFunction and its relatives."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import configuration, limits, vpc
from localcloud.lambda_.api.base import LambdaApi, check_revision, no_content
from localcloud.lambda_.destinations import check_destination
from localcloud.lambda_.execution import Executor
from localcloud.lambda_.model import Function, Registry, Version
from localcloud.lambda_.names import LATEST, function_arn, parse_function
from localcloud.lambda_.packages import Packages, fetch
from localcloud.lambda_.roles import RoleChecks


class FunctionsApi(LambdaApi):
    def __init__(
        self, cloud: Cloud, registry: Registry, packages: Packages, executor: Executor
    ) -> None:
        super().__init__(registry)
        self._packages = packages
        self._executor = executor
        self._clients = cloud.clients
        self._roles = RoleChecks(cloud)

    def create_function(self, call: Call, **params: Any) -> dict[str, Any]:
        ref = parse_function(params["FunctionName"], call.region)
        name = ref.name
        configuration.check_name(name)
        functions = self._registry.functions(call.region)
        if name in functions:
            raise ApiError("ResourceConflictException", f"Function already exist: {name}")
        settings = configuration.apply(
            configuration.defaults(name), params, call.region, self._registry
        )
        self._roles.assumable(settings["Role"], call.region)
        self._check_dead_letters(settings)
        package = self._packages.unpack(fetch(params["Code"], call, self._clients))
        configuration.check_unzipped(settings, package.unzipped_bytes, self._registry)
        arn = function_arn(call.region, self._registry.account, name)
        settings |= {
            "FunctionName": name,
            "FunctionArn": arn,
            "Version": LATEST,
            "CodeSha256": package.sha256,
            "CodeSize": package.size,
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }
        version = Version(settings, package.folder, call.region)
        version = self._revised(self._in_vpc(version, params, call))
        with self._registry.lock:
            if name in functions:
                raise ApiError("ResourceConflictException", f"Function already exist: {name}")
            functions[name] = Function(
                name,
                call.region,
                self._registry.account,
                version,
                tags=dict(params.get("Tags") or {}),
            )
        if params.get("Publish"):
            return dict(self._publish(functions[name]).configuration)
        return dict(version.configuration)

    def get_function(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        version = function.version(ref.qualifier)
        result: dict[str, Any] = {
            "Configuration": _shown(function, version, ref.qualifier),
            # On AWS a presigned address of the zip file. Nothing answers at this one.
            "Code": {
                "RepositoryType": "S3",
                "Location": f"https://awslambda-{call.region}-tasks.s3.{call.region}.amazonaws.com/"
                f"snapshots/{self._registry.account}/{version.folder.name}",
            },
        }
        if function.tags:
            result["Tags"] = function.tags
        if function.reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return result

    def get_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        return _shown(function, function.version(ref.qualifier), ref.qualifier)

    def list_functions(self, call: Call, **params: Any) -> dict[str, Any]:
        functions = self._registry.functions(call.region)
        items: list[dict[str, Any]] = []
        for _, function in sorted(functions.items()):
            items.append(dict(function.latest.configuration))
            if params.get("FunctionVersion") == "ALL":
                items += [dict(one.configuration) for one in function.published.values()]
        return {"Functions": items}

    def update_function_code(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        check_revision(params.get("RevisionId"), function.latest.configuration["RevisionId"])
        package = self._packages.unpack(fetch(params, call, self._clients))
        settings = dict(function.latest.configuration)
        configuration.check_unzipped(settings, package.unzipped_bytes, self._registry)
        settings |= {"CodeSha256": package.sha256, "CodeSize": package.size}
        if params.get("Architectures"):
            settings["Architectures"] = params["Architectures"]
        version = replace(function.latest, configuration=settings, folder=package.folder)
        if params.get("DryRun"):
            return settings
        self._replace(function, self._revised(version))
        if params.get("Publish"):
            return dict(self._publish(function).configuration)
        return dict(function.latest.configuration)

    def update_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        latest = function.latest
        check_revision(params.get("RevisionId"), latest.configuration["RevisionId"])
        settings = configuration.apply(
            dict(latest.configuration), params, call.region, self._registry
        )
        if "Role" in params:
            self._roles.assumable(settings["Role"], call.region)
        self._check_dead_letters(settings)
        version = self._in_vpc(replace(latest, configuration=settings), params, call)
        self._replace(function, self._revised(version))
        return dict(function.latest.configuration)

    def delete_function(self, call: Call, **params: Any) -> Response:
        function, ref = self._find(call, params)
        with self._registry.lock:
            if ref.qualifier:
                self._delete_version(function, ref.qualifier)
                return no_content()
            self._registry.functions(call.region).pop(function.name, None)
        for version in (function.latest, *function.published.values()):
            self._executor.retire(version)
        return no_content()

    def publish_version(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        check_revision(params.get("RevisionId"), function.latest.configuration["RevisionId"])
        sha = params.get("CodeSha256")
        actual = function.latest.configuration["CodeSha256"]
        if sha and sha != actual:
            raise ApiError(
                "InvalidParameterValueException",
                f"CodeSHA256 ({sha}) is different from current CodeSHA256 in $LATEST ({actual}). "
                "Please try again with the CodeSHA256 in $LATEST.",
            )
        return dict(self._publish(function, params.get("Description")).configuration)

    def list_versions_by_function(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        latest = _shown(function, function.latest, LATEST)
        items = [latest, *(dict(one.configuration) for one in function.published.values())]
        return {"Versions": items}

    def get_account_settings(self, call: Call, **_: Any) -> dict[str, Any]:
        functions = self._registry.functions(call.region).values()
        reserved = sum(function.reserved or 0 for function in functions)
        used = sum(function.latest.configuration["CodeSize"] for function in functions)
        return {
            "AccountLimit": {
                "TotalCodeSize": limits.CODE_STORAGE_BYTES,
                "CodeSizeUnzipped": limits.UNZIPPED_BYTES,
                "CodeSizeZipped": limits.DIRECT_UPLOAD_BYTES,
                "ConcurrentExecutions": limits.ACCOUNT_CONCURRENCY,
                "UnreservedConcurrentExecutions": limits.ACCOUNT_CONCURRENCY - reserved,
            },
            "AccountUsage": {"TotalCodeSize": used, "FunctionCount": len(functions)},
        }

    def _check_dead_letters(self, settings: dict[str, Any]) -> None:
        target = settings.get("DeadLetterConfig", {}).get("TargetArn")
        if target:
            check_destination(target)
            self._roles.may_send_to(settings["Role"], target)

    def _in_vpc(self, version: Version, params: dict[str, Any], call: Call) -> Version:
        if params.get("VpcConfig") is None:
            return version
        settings = dict(version.configuration)
        settings.pop("VpcConfig", None)
        found = vpc.resolve(params["VpcConfig"], call.region, self._clients)
        if not found:
            return replace(version, configuration=settings, vpc_id=None, subnet_ids=())
        self._roles.may_attach_to_vpc(version.role, call.region)
        settings["VpcConfig"] = found
        return replace(
            version,
            configuration=settings,
            vpc_id=found["VpcId"],
            subnet_ids=tuple(found["SubnetIds"]),
        )

    def _revised(self, version: Version) -> Version:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
        settings = {
            **version.configuration,
            "LastModified": now,
            "RevisionId": str(uuid.uuid4()),
        }
        return replace(version, configuration=settings)

    def _replace(self, function: Function, version: Version) -> None:
        with self._registry.lock:
            before, function.latest = function.latest, version
        self._executor.retire(before)

    def _publish(self, function: Function, description: str | None = None) -> Version:
        """A new version, or the last one if nothing changed since."""
        with self._registry.lock:
            last = next(reversed(function.published.values()), None)
            if last and _same(last, function.latest):
                return last
            number = str(int(last.number) + 1 if last else 1)
            settings = {
                **function.latest.configuration,
                "Version": number,
                "FunctionArn": function.arn(number),
                "RevisionId": str(uuid.uuid4()),
            }
            if description is not None:
                settings["Description"] = description
            version = replace(function.latest, configuration=settings)
            function.published[number] = version
            return version

    def _delete_version(self, function: Function, qualifier: str) -> None:
        if qualifier == LATEST:
            raise ApiError(
                "InvalidParameterValueException",
                "$LATEST version cannot be deleted without deleting the function.",
            )
        users = [a["Name"] for a in function.aliases.values() if a["FunctionVersion"] == qualifier]
        if users:
            raise ApiError(
                "ResourceConflictException",
                f"Unable to delete version because the following aliases reference it: {users}",
            )
        if version := function.published.pop(qualifier, None):
            self._executor.retire(version)


def _shown(function: Function, version: Version, qualifier: str | None) -> dict[str, Any]:
    arn = function.arn(qualifier) if qualifier else function.arn()
    return {**version.configuration, "FunctionArn": arn}


def _same(one: Version, other: Version) -> bool:
    varying = ("Version", "FunctionArn", "RevisionId", "LastModified", "Description")
    plain = [
        {name: value for name, value in v.configuration.items() if name not in varying}
        for v in (one, other)
    ]
    return plain[0] == plain[1]
