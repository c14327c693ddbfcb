"""How a job ended, of what its process says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.errors import FoveateError
from foveate.jobs.job import State

if TYPE_CHECKING:
    from collections.abc import Mapping

CRASHED: Final = {
    "error": "DecoderKilled",
    "message": "The process of this job was ended: see whether the machine ran out of memory.",
}
SHOWN: Final = 200
"""Characters of the name of a picture."""
UNEXPECTED: Final = {"error": FoveateError.__name__, "message": FoveateError.summary}


def outcome(end: Mapping[str, Any], *, cancelled: bool) -> tuple[State, dict[str, Any]]:
    """Return in which state a job is, and what is told of its end."""
    at = end.get("stopped_at")
    if "ended" in end and not at:
        return State.DONE, dict(end["ended"])
    if cancelled:
        return State.CANCELLED, dict(end.get("ended", {}))
    if at:
        told = f"It was to stop at a picture that fails: {at['source'][:SHOWN]}: {at['message']}"
        return State.FAILED, {**end["ended"], "error": {"error": at["error"], "message": told}}
    return State.FAILED, {"error": {"error": end["error"], "message": end["message"]}}


def worked(sums: Mapping[str, Any]) -> int:
    """Return how many pictures were worked on."""
    return int(sums.get("done", 0)) + int(sums.get("failed", 0))
