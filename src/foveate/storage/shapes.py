"""What JSON of another server has to look like before anybody relies on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from foveate.errors import BadOption

OPTIONAL: Final = "?"
"""What the name of something ends with that may be missing."""


def fits(told: object, shape: object) -> bool:
    """Return whether JSON has a shape: a type, what an object has, or what each of a list is.

    >>> job = {"id": str, "waits?": {"until": str}, "files": [int]}
    >>> fits({"id": "a", "files": [1], "more": None}, job), fits({"id": "a", "waits": {}}, job)
    (True, False)
    """
    if isinstance(shape, list):
        return isinstance(told, list) and all(fits(each, shape[0]) for each in told)
    if isinstance(shape, Mapping):
        return isinstance(told, Mapping) and all(
            _has(told, name, each) for name, each in shape.items()
        )
    assert isinstance(shape, type)  # noqa: S101 - shapes are ours
    return isinstance(told, shape)


def _has(told: Mapping[str, object], name: str, shape: object) -> bool:
    key = name.removesuffix(OPTIONAL)
    if key != name and told.get(key) is None:
        return True
    return key in told and fits(told[key], shape)


def checked(told: Any, shape: object, server: str) -> Any:  # noqa: ANN401 - JSON
    """Return JSON that has a shape. Raises BadOption for what has not: it is no server of ours."""
    if fits(told, shape):
        return told
    said = f"{server}: expected what a server of Foveate says, got {str(told)[:100]!r}."
    raise BadOption(said)
