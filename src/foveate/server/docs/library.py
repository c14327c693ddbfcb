"""All documents that links lead to, as pages that link to each other."""

from __future__ import annotations

import posixpath
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from foveate.imaging import Image
from foveate.server.docs.addresses import FILES
from foveate.server.docs.markdown import render
from foveate.server.docs.tree import MARKDOWN, page_address
from foveate.server.pressed import ENDS, PLAIN, File, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.server.docs.markdown import Document
    from foveate.server.docs.tree import Tree

ROOTS: Final = ("docs/README.md", "README.md")
US: Final = "http://127.0.0.1:8100/"
"""What documents call the server: the one that shows them."""


@dataclass(frozen=True, slots=True)
class Library:
    """Pages, and the files that they show or link to, by their addresses.

    Addresses are below the root of the server, without a slash before them.
    """

    pages: Mapping[str, Document]
    """In the order in which links lead to them."""
    files: Mapping[str, File]


@lru_cache(1)
def read(tree: Tree) -> Library:
    """Return what can be reached by links, once read; nothing of what is not there."""
    pages: dict[str, Document] = {}
    files: dict[str, File] = {}
    todo = deque(path for path in ROOTS if tree.target(path, ""))
    while todo:
        path = todo.popleft()
        address = page_address(path)
        if address not in pages:
            links = Links(tree, path)
            pages[address] = render(
                tree.text(path), address=address, link=links.address, size=links.size
            )
            todo += links.pages
            files |= links.files
    return Library(pages, files)


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of one document lead."""

    tree: Tree
    path: str
    pages: list[str] = field(default_factory=list)
    """Paths of documents that were linked so far."""
    files: dict[str, File] = field(default_factory=dict)

    def address(self, link: str) -> str:
        """Return where a link leads; empty where nothing is shown of that."""
        if link.startswith(US):
            return link.removeprefix(US) or "./"
        if "://" in link or link.startswith("mailto:"):
            return link
        name, mark, anchor = link.partition("#")
        path = self.tree.target(name, self.path) if name else self.path
        if path.endswith(MARKDOWN):
            self.pages.append(path)
            return page_address(path) + mark + anchor
        return self._file(path) if path else ""

    def _file(self, path: str) -> str:
        data = self.tree.data(path)
        address = f"{FILES}{digest(data)}/{posixpath.basename(path)}"
        self.files[address] = File(ENDS.get(posixpath.splitext(path)[1], PLAIN), data)
        return address

    def size(self, link: str) -> tuple[int, int]:
        """Return how wide and high a picture is."""
        image = Image.new_from_buffer(self.tree.data(self.tree.target(link, self.path)), "")
        return image.width, image.height
