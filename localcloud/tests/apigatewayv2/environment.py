"""A cloud with Lambda and API Gateway, and HTTP APIs with a stage."""

from __future__ import annotations

import io
import itertools
import zipfile
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import HeadersDict

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import Principal, role_session

REGION, ACCOUNT = "us-east-1", "123456789012"
ECHO = "def handler(e, c): return e"
_numbers = itertools.count()


@dataclass
class Environment:
    cloud: Cloud
    role: str

    def client(self, name: str) -> Any:
        return self.cloud.clients.client(name, REGION)

    @property
    def caller(self) -> Principal:
        return role_session(self.role, "caller")

    def function(self, source: str, source_arn: str | None = "", **settings: Any) -> str:
        """Create a function; None: no API may invoke it. Returns its ARN."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("app.py", source)
        name = f"behind-api-{next(_numbers)}"
        arn = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role,
            Code={"ZipFile": buffer.getvalue()},
            **settings,
        )["FunctionArn"]
        if source_arn is not None:
            self.client("lambda").add_permission(
                FunctionName=name,
                StatementId="api",
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
                **({"SourceArn": source_arn} if source_arn else {}),
            )
        return str(arn)

    def api(
        self,
        function: str,
        *route_keys: str,
        stage: str = "v1",
        authorization: str = "NONE",
        timeout_ms: int = 30_000,
        **settings: Any,
    ) -> str:
        """Create an API with these routes to one function, and a stage; its id."""
        control = self.client("apigatewayv2")
        api = control.create_api(Name="things", ProtocolType="HTTP")["ApiId"]
        integration = control.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=function,
            PayloadFormatVersion="2.0",
            TimeoutInMillis=timeout_ms,
        )["IntegrationId"]
        for key in route_keys:
            control.create_route(
                ApiId=api,
                RouteKey=key,
                Target=f"integrations/{integration}",
                AuthorizationType=authorization,
            )
        control.create_stage(ApiId=api, StageName=stage, AutoDeploy=True, **settings)
        return str(api)

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: bytes = b"",
        principal: Principal | None = None,
        **headers: str,
    ) -> Response:
        url = f"https://{api}.execute-api.{REGION}.amazonaws.com{path}"
        renamed = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, url, HeadersDict(renamed), body)
        return self.cloud.gateway.handle(request, principal)
