"""The words of a query, held against those that a route knows."""

from __future__ import annotations

from typing import get_args

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.options.values import shown


def check_words(request: Request) -> None:
    """Raise BadOption for a word that the route does not know, with the one that was meant.

    And for numbers as Python has them alone, `1_0`. A dependency of the route, so that it is heard
    before what is missing for want of that word.
    """
    words = {word.alias: word for word in request.scope["route"].dependant.query_params}
    for name, value in request.query_params.multi_items():
        if name not in words:
            raise BadOption(
                f"Expected one of {', '.join(words)}, got {shown(name)}{meant(name, list(words))}."
            )
        if "_" in value and is_number(words[name].field_info.annotation):
            raise BadOption(f"Expected a number for `{name}`, got {shown(value)}.")


def is_number(annotation: object) -> bool:
    """Return whether numbers alone are read.

    >>> is_number(int), is_number(float | None), is_number(str)
    (True, True, False)
    """
    return not {int, float}.isdisjoint(get_args(annotation) or (annotation,))
