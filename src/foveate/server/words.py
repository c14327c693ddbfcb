"""The words of a query or of a body, held against those that a route knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args, get_origin

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.configuration.nearest import meant
from foveate.errors import BadBody, BadOption
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def check_words(request: Request) -> None:
    """Raise BadOption for a word that the route does not know, with the one that was meant.

    And for numbers as Python has them alone, `1_0`. A dependency of the route, so that it is heard
    before what is missing for want of that word.
    """
    words = request.scope["route"].dependant.query_params
    _check(request.query_params, [word.alias for word in words], "in the query")
    for word in words:
        times = len(request.query_params.getlist(word.alias))
        if times > 1 and not _several(word.field_info.annotation):
            raise BadOption(f"Expected {word.alias} once, got it {times} times.")
        value = request.query_params.get(word.alias, "")
        if "_" in value and is_number(word.field_info.annotation):
            raise BadOption(f"Expected a number for `{word.alias}`, got {shown(value)}.")


async def check_body(request: Request) -> None:
    """Raise BadBody for JSON that is no object, and BadOption for a word of it as `check_words`."""
    told = await request.json() if await request.body() else {}
    known = [word.alias for word in request.scope["route"].dependant.body_params]
    if not isinstance(told, dict):
        raise BadBody(f"Expected a JSON object with {', '.join(known)}, got {_kind(told)}.")
    _check(told, known, "in the body")


def _check(names: Iterable[str], known: Sequence[str], where: str) -> None:
    wanted = f"one of {', '.join(known)}" if known else f"no words {where}"
    for name in names:
        if name not in known:
            raise BadOption(f"Expected {wanted}, got {shown(name)}{meant(name.lower(), known)}.")


def _several(kind: object) -> bool:
    """Return whether a word of that kind may be given several times.

    >>> _several(list[str] | None), _several(int | None)
    (True, False)
    """
    return get_origin(kind) is list or any(map(_several, get_args(kind)))


def _kind(told: object) -> str:
    """Return what JSON calls it.

    >>> _kind([]), _kind(None), _kind("a"), _kind(True), _kind(1.5)
    ('a list', 'null', 'a string', 'true', 'a number')
    """
    if told is None or isinstance(told, bool):
        return json.dumps(told)
    if isinstance(told, list):
        return "a list"
    return "a string" if isinstance(told, str) else "a number"


def is_number(annotation: object) -> bool:
    """Return whether numbers alone are read.

    >>> is_number(int), is_number(float | None), is_number(str)
    (True, True, False)
    """
    return not {int, float}.isdisjoint(get_args(annotation) or (annotation,))
