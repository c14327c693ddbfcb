"""The words of a query, held against those that a route knows."""

from __future__ import annotations

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.options.values import shown


def check_words(request: Request) -> None:
    """Raise BadOption for a word that the route does not know, with the one that was meant.

    A dependency of the route, so that it is heard before what is missing for want of that word.
    """
    known = [word.alias for word in request.scope["route"].dependant.query_params]
    for name in request.query_params:
        if name not in known:
            words = ", ".join(known)
            raise BadOption(f"Expected one of {words}, got {shown(name)}{meant(name, known)}.")
