"""The access keys of IAM users: who has an active one can sign with it."""

from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.principals import Credentials, Principal, Principals
from localcloud.iam.roles import backend


class UserKeys:
    def __init__(self, principals: Principals, account: str) -> None:
        self._principals = principals
        self._account = account
        self._active: set[str] = set()

    def refresh(self) -> None:
        """Accept the keys that are active now, and no others of users."""
        with service_lock("iam"):
            keys = {
                key.access_key_id: (key.secret_access_key, user.arn)
                for user in backend(self._account).users.values()
                for key in user.access_keys
                if key.status == "Active"
            }
        for access_key in self._active - keys.keys():
            self._principals.revoke(access_key)
        for access_key, (secret, user) in keys.items():
            self._principals.remember(Credentials(access_key, secret, None), Principal(arn=user))
        self._active = set(keys)
