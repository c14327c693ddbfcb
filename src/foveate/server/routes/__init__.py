"""The `/v1` routes, one a file: what OpenAPI says of it, and `add`. A new one is a line here."""

from __future__ import annotations

from typing import Final

from foveate.server.routes import (
    analyse,
    costs,
    crops,
    datasets,
    designs,
    designs_brands,
    designs_draft,
    designs_edit,
    designs_sizes,
    enrol,
    errors,
    groups,
    jobs,
    options,
    people,
    purge,
    recognise,
    references,
    render,
    score,
    select,
    sign,
    similar,
    srcset,
    studio,
)

ROUTES: Final = (
    render,
    score,
    analyse,
    crops,
    select,
    srcset,
    similar,
    recognise,
    references,
    enrol,
    people,
    groups,
    jobs,
    datasets,
    designs,
    designs_draft,
    designs_edit,
    designs_sizes,
    designs_brands,
    options,
    errors,
    sign,
    costs,
    purge,
    studio,
)
"""In the order of the API's page."""
