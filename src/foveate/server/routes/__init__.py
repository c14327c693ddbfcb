"""The `/v1` routes, one a file: what OpenAPI says of it, and `add`. A new one is a line here."""

from __future__ import annotations

from typing import Final

from foveate.server.routes import analyse, crops, recognise, references, render

ROUTES: Final = (render, analyse, crops, recognise, references)
"""In the order of the API's page."""
