"""Where the documents lie, and under which addresses their pages are shown."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

PACKED: Final = "documents"
"""The folder in a wheel, laid out as the repository is."""
DOCS: Final = "docs"
INDEX: Final = "README"
MARKDOWN: Final = ".md"


@dataclass(frozen=True, slots=True)
class Tree:
    """The documents of one folder. Paths are those below it, with slashes."""

    root: Path

    def text(self, path: str) -> str:
        """Return a document as it is written."""
        return (self.root / path).read_text("utf-8")

    def data(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return (self.root / path).read_bytes()

    def target(self, link: str, of: str) -> str:
        """Return the path that a link of a document names; empty where no file is there."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(of), link))
        inside = not path.startswith("..") and not posixpath.isabs(path)
        return path if inside and (self.root / path).is_file() else ""


def found() -> Tree:
    """Return the documents: beside the code of a wheel, else of the repository around the code."""
    package = Path(str(files("foveate")))
    packed = package / PACKED
    return Tree(packed if packed.is_dir() else package.parents[1])


def page_address(path: str) -> str:
    """Return the address of the page of a document.

    >>> page_address("docs/guides/crops.md"), page_address("docs/README.md")
    ('docs/guides/crops', 'docs')
    >>> page_address("CHANGELOG.md"), page_address("benchmarks/REPORT.md")
    ('docs/project/changelog', 'docs/project/report')
    """
    folder, name = posixpath.split(path.removesuffix(MARKDOWN))
    if folder.split("/")[0] != DOCS:
        return f"{DOCS}/project/{name.lower()}"
    return folder if name == INDEX else f"{folder}/{name}"
