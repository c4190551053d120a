"""botocore's models of the services, each read once in a process.

Reading them is most of the cost of a client, and most of what a process holds.
"""

from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.session

MODELS = botocore.loaders.Loader([str(Path(botocore.loaders.__file__).parent / "data")])


def new_session() -> botocore.session.Session:
    """A session with these models."""
    session = botocore.session.Session()
    session.register_component("data_loader", MODELS)
    return session


def leave_documentation_out() -> None:
    """From now on models are read as plain dictionaries, with empty texts for people."""
    vars(botocore.loaders)["OrderedDict"] = _without_documentation  # the hook of their JSON


def _without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """botocore wants some of the texts to be there, if only empty."""
    return {
        key: "" if key == "documentation" and type(value) is str else value for key, value in pairs
    }
