"""A cloud with Lambda and API Gateway, and APIs that are imported and deployed."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import HeadersDict

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import Principal, role_session

REGION, ACCOUNT = "us-east-1", "123456789012"
SIGV4 = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "awsSigv4",
}
ECHO = (
    "import json\n"
    "def handler(e, c): return {'statusCode': 201, 'body': json.dumps(e), 'headers': {'X-A': 'b'}}"
)
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

    def function(self, source: str, *, invocable: bool = True, **settings: Any) -> str:
        """Create a function that API Gateway may invoke; the URI of its integration."""
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
        if invocable:
            self.client("lambda").add_permission(
                FunctionName=name,
                StatementId="api",
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
            )
        return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"

    def deploy(self, paths: dict[str, dict[str, dict[str, Any]]], **extensions: Any) -> str:
        """Import an API with these operations and deploy it to the stage ``v1``; its id."""
        document = {
            "openapi": "3.0.1",
            "info": {"title": "things", "version": "1"},
            "paths": paths,
            "components": {"securitySchemes": {"AWS_IAM": SIGV4}},
            **extensions,
        }
        control = self.client("apigateway")
        api = control.import_rest_api(body=json.dumps(document).encode())["id"]
        deployment = control.create_deployment(restApiId=api)["id"]
        control.create_stage(restApiId=api, stageName="v1", deploymentId=deployment)
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


def operation(uri: str, *, signed: bool = False, **integration: Any) -> dict[str, Any]:
    method: dict[str, Any] = {
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": uri,
            **integration,
        },
    }
    return {**method, "security": [{"AWS_IAM": []}]} if signed else method
