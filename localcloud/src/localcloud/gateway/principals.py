"""Who calls: every key that the local cloud issues belongs to a principal."""

import base64
import secrets
import threading
from dataclasses import dataclass

from localcloud.clock import utc
from localcloud.gateway.authorization import Authorization
from localcloud.gateway.http import Request
from localcloud.settings import ACCOUNT_ID

ANONYMOUS = "anonymous"
# AWS gives no length ("typically less than 4096 bytes"), but 1,044 characters are reported from
# roles, in base64 with its `+` and `/`: https://github.com/MapServer/mapcache/pull/278
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
_TOKEN_BYTES = 783


@dataclass(frozen=True)
class Principal:
    """``arn`` is what GetCallerIdentity returns.

    ``role_arn``: the role of a role session. ``service``: an AWS service that calls in its own
    name (``s3.amazonaws.com``), for the resource ``source_arn``. ``function_arn`` and
    ``subnet_ids``: where a call from a function comes from.
    """

    arn: str
    role_arn: str | None = None
    service: str | None = None
    source_arn: str | None = None
    function_arn: str | None = None
    subnet_ids: tuple[str, ...] = ()
    is_admin: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed."""
        return self.arn == ANONYMOUS


@dataclass(frozen=True)
class Credentials:
    access_key: str
    secret_key: str
    token: str | None
    expires_at: float | None = None  # epoch seconds

    @property
    def expiration(self) -> str | None:
        if self.expires_at is None:
            return None
        return utc(self.expires_at).strftime("%Y-%m-%dT%H:%M:%SZ")


def service_principal(service: str, source_arn: str | None = None) -> Principal:
    return Principal(arn=service, service=service, source_arn=source_arn)


def role_session(role_arn: str, session: str, **origin: object) -> Principal:
    """A session of a role: ``arn:aws:sts::<account>:assumed-role/<role>/<session>``."""
    account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
    return Principal(arn=arn, role_arn=role_arn, **origin)  # type: ignore[arg-type]  # forwards keywords


class Principals:
    """The registry of keys."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, Principal] = {}
        self._credentials: dict[str, Credentials] = {}
        self.admin = Principal(arn=f"arn:aws:iam::{ACCOUNT_ID}:user/operator", is_admin=True)
        # By chance, as every key: other users of the machine reach the proxy, too.
        self.admin_credentials = _new_credentials("AKIA", None)
        self.remember(self.admin_credentials, self.admin)

    def issue(self, principal: Principal, expires_at: float | None = None) -> Credentials:
        """New temporary credentials for ``principal``."""
        token = base64.b64encode(secrets.token_bytes(_TOKEN_BYTES)).decode()
        credentials = _new_credentials("ASIA", token, expires_at)
        self.remember(credentials, principal)
        return credentials

    def revoke(self, access_key: str) -> None:
        with self._lock:
            self._by_key.pop(access_key, None)
            self._credentials.pop(access_key, None)

    def by_key(self, access_key: str) -> Principal | None:
        return self._by_key.get(access_key)

    def credentials(self, access_key: str) -> Credentials | None:
        return self._credentials.get(access_key)

    def remember(self, credentials: Credentials, principal: Principal) -> None:
        """Let ``principal`` sign with these credentials."""
        with self._lock:
            self._by_key[credentials.access_key] = principal
            self._credentials[credentials.access_key] = credentials


def _new_credentials(
    prefix: str, token: str | None, expires_at: float | None = None
) -> Credentials:
    access_key = prefix + secrets.token_hex(8).upper()
    return Credentials(access_key, secrets.token_urlsafe(30), token, expires_at)


def access_key_of(request: Request) -> str | None:
    """The access key id in the Authorization header or a presigned URL; None if unsigned."""
    authorization = Authorization.of(request)
    return authorization.credential.partition("/")[0] or None if authorization else None
