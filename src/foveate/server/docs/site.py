"""Answers for `/docs` and what is below it."""

from __future__ import annotations

from functools import cached_property, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from foveate.server.docs import builder, library, openapi, search, tree
from foveate.server.docs.addresses import API, BUILDER, DESCRIBED, FILES, HOME, INDEX, REFERENCE
from foveate.server.docs.markdown import Document
from foveate.server.errors import routing_answer
from foveate.server.pressed import ENDS, FOREVER, File, sent
from foveate.server.studio import OF_PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.server.answer import Answer
    from foveate.server.docs.library import Library
    from foveate.server.studio import Studio

TEMPLATE: Final = "docs/page.html"
NOWHERE: Final = Document(
    "docs/nowhere",
    "There is no such page",
    "<h1>There is no such page</h1><p>Search for it, or look through the contents.</p>",
    (),
)
GUIDES: Final = "docs/guides/"
PROJECT: Final = "docs/project/"
DESIGN: Final = "docs/design"
START: Final = (HOME, "docs/tutorial", BUILDER)
LABELS: Final = {
    HOME: "Overview",
    "docs/tutorial": "Tutorial",
    DESIGN: "Design",
    "docs/design/batch": "Design of batches",
    "docs/project/readme": "Read me",
    "docs/project/report": "Benchmarks",
    "docs/project/security": "Report a vulnerability",
}
"""What the navigation calls pages whose titles are longer, or those of others."""
HEADINGS: Final = frozenset({2, 3})
STUDIO: Final = '<a href="./">Studio</a><a href="status">Status</a>'
MOST_PAGES: Final = 128


class Site:
    """Answers for the pages. Documents are read and rendered with the first request."""

    def __init__(self, studio: Studio, *, beside: bool, documents: tree.Tree | None = None) -> None:
        """Show the documents of a tree, else our own; `beside` is whether there is a studio."""
        self._studio = studio
        self._tree = documents or tree.found()
        self._others = STUDIO if beside else ""
        self._whole = lru_cache(MOST_PAGES)(self._make_whole)
        self._described: tuple[Document, File] | None = None

    @cached_property
    def _library(self) -> Library:
        return library.read(self._tree)

    @cached_property
    def _pages(self) -> dict[str, Document]:
        return {**self._library.pages, BUILDER: builder.page()}

    def __call__(
        self,
        path: str,
        root: str,
        headers: Mapping[bytes, bytes],
        described: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Return a page or a file; `root` is the prefix that the server lies under.

        What is `DESCRIBED` needs the OpenAPI document.
        """
        address = path.strip("/")
        if not self._library.pages:
            return routing_answer(404)
        if address.startswith(FILES):
            file = self._library.files.get(address)
            own = {"cache-control": FOREVER}
            return sent(file, headers, own) if file else routing_answer(404)
        if described is not None and address in DESCRIBED:
            page, index = self._made_of(described)
            if address == INDEX:
                return sent(index, headers, {"cache-control": "no-cache"})
            return sent(self._whole(page, root), headers, OF_PAGES)
        found = self._pages.get(address)
        whole = self._whole(found or NOWHERE, root)
        return sent(whole, headers, OF_PAGES, status=200 if found else 404)

    def _made_of(self, described: Mapping[str, Any]) -> tuple[Document, File]:
        if self._described is None:
            page = openapi.page(described)
            index = search.index([*self._pages.values(), page])
            self._described = page, File(ENDS[".json"], index)
        return self._described

    def _make_whole(self, page: Document, root: str) -> File:
        slots = {
            "title": escape(page.title),
            "address": page.address,
            "beside": self._others,
            "contents": "".join(self._contents(page.address)),
            "main": page.html,
            "here": "".join(_headings(page)),
        }
        return self._studio.page(TEMPLATE, root, slots)

    def _contents(self, current: str) -> Iterator[str]:
        """Yield the navigation."""
        for title, addresses in self._parts().items():
            yield f"<h2>{title}</h2><ul>"
            for address in addresses:
                here = ' aria-current="page"' if address == current else ""
                yield f'<li><a href="{address}"{here}>{escape(self._label(address))}</a></li>'
            yield "</ul>"

    def _parts(self) -> dict[str, list[str]]:
        return {
            "Start": [each for each in START if each in self._pages],
            "Guides": self._below(GUIDES),
            "Reference": [*self._below(REFERENCE), API],
            "Project": [
                each
                for each in (DESIGN, *self._below(f"{DESIGN}/"), *self._below(PROJECT))
                if each in self._pages
            ],
        }

    def _below(self, part: str) -> list[str]:
        return [address for address in self._pages if address.startswith(part)]

    def _label(self, address: str) -> str:
        if address == API:
            return openapi.TITLE
        return LABELS.get(address) or self._pages[address].title.partition(":")[0]


def _headings(page: Document) -> Iterator[str]:
    """Yield the list of what is on a page, where there is more than one thing."""
    listed = [section for section in page.sections if section.level in HEADINGS]
    if len(listed) > 1:
        yield "<h2>On this page</h2><ul>"
        for each in listed:
            link = f"{page.address}#{escape(each.anchor)}"
            yield f'<li class="level-{each.level}"><a href="{link}">{escape(each.title)}</a></li>'
        yield "</ul>"
