"""Where pages and files of the documents are: below the root of the server, without a slash."""

from __future__ import annotations

from typing import Final

HOME: Final = "docs"
API: Final = "docs/api"
BUILDER: Final = "docs/options"
INDEX: Final = "docs/search.json"
FILES: Final = "docs/files/"
REFERENCE: Final = "docs/reference/"
DESCRIBED: Final = frozenset({API, INDEX})
"""What is made of the OpenAPI document too."""


def is_of_docs(path: str) -> bool:
    """Return whether a path is that of a page of the documents, or of a file of theirs."""
    return path == f"/{HOME}" or path.startswith(f"/{HOME}/")
