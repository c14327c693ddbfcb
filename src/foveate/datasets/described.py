"""How a dataset stands, as its server tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset of a server, as it stood when it was asked."""

    told: Mapping[str, Any]
    """All that the server tells, as `GET /v1/datasets/ID` answers it."""

    def __repr__(self) -> str:
        return f"<{self.id} {self.state}>"

    @property
    def id(self) -> str:
        """Return its name: the same for the same raw data, handler, version, configuration."""
        return str(self.told["id"])

    @property
    def state(self) -> str:
        """Return `queued`, `running`, `ready` or `failed`."""
        return str(self.told["state"])

    @property
    def is_ready(self) -> bool:
        """Return whether it may be downloaded."""
        return self.state == "ready"

    @property
    def last_event(self) -> int:
        """Return the number of the last thing that happened to it."""
        return int(self.told.get("last_event", 0))

    @property
    def progress(self) -> Mapping[str, Any]:
        """Return how far it is: `chunks`, `samples`, `eta_s`."""
        return self.told.get("progress") or {}

    @property
    def why(self) -> str:
        """Return in one sentence why it failed; empty where it did not."""
        error = self.told.get("error") or {}
        return f"{error['error']}: {error['message']}" if error else ""

    @property
    def log(self) -> str:
        """Return the end of what its handler wrote, where it failed."""
        return str((self.told.get("error") or {}).get("log", ""))
