"""The page at `/` and its files, as they lie in the package: pressed, and never asked for twice."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from foveate.server.errors import routing_answer
from foveate.server.pressed import ENDS, FOREVER, HASH_DIGITS, File, sent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from foveate.server.answer import Answer

FOLDER: Final = "/studio/"
OWN: Final = ("people", "datasets", "designs", "status")
PAGES: Final = frozenset({"/", *(f"/{page}{end}" for page in OWN for end in ("", "/"))})
"""Where the page is; it sees by its address what to show first."""
PAGE: Final = "index.html"
EDITOR: Final = "designs/editor.html"
EDITED: Final = re.compile(r"/designs/[a-z0-9][a-z0-9._-]{0,63}")
"""Where a design is edited; the page sees by its address which one."""
HTML: Final = ".html"
SCRIPT: Final = ".js"
SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
COMMENT: Final = re.compile(rb"^ *(?:// .*|/\*\*(?:[^*]|\*(?!/))*\*/)$", re.MULTILINE)
"""One that has its lines to itself. They are a seventh of all scripts, pressed."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
OF_PAGES: Final = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
}


def is_of_studio(path: str) -> bool:
    """Return whether a path is a page of the studio, or a file of one.

    >>> is_of_studio("/people"), is_of_studio("/designs/sale"), is_of_studio("/designs/sale/x")
    (True, True, False)
    """
    return path in PAGES or path.startswith(FOLDER) or EDITED.fullmatch(path) is not None


class Studio:
    """Answers for the page. Files are read with the first request."""

    @cached_property
    def _files(self) -> Mapping[str, File]:
        return dict(_read(files("foveate.studio"), ""))

    @cached_property
    def folder(self) -> str:
        """Return the path of the files without the first slash; it changes with any of them.

        Modules name each other without it.
        """
        told = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            told.update(name.encode() + b"\0" + file.plain)
        return FOLDER[1:] + told.hexdigest()[:HASH_DIGITS]

    def __call__(self, path: str, root: str, headers: Mapping[bytes, bytes]) -> Answer:
        """Return the page, or one of its files; `root` is the prefix that the server lies under."""
        if path in PAGES:
            return sent(self.page(PAGE, root, {"path": path[1:]}), headers, OF_PAGES)
        if EDITED.fullmatch(path):
            return sent(self.page(EDITOR, root, {"path": path[1:]}), headers, OF_PAGES)
        name = path.removeprefix(f"/{self.folder}/")
        file = self._files.get(name)
        if name == path or file is None or name.endswith(HTML):
            return routing_answer(404)
        return sent(file, headers, {"cache-control": FOREVER})

    def page(self, name: str, root: str, slots: Mapping[str, str]) -> File:
        """Return a page, its slots filled: those of all pages, and these, which are HTML."""
        known = {"root": escape(root), "files": self.folder, **slots}
        text = SLOT.sub(lambda slot: known[slot[1]], self._files[name].plain.decode())
        return File(ENDS[HTML], text.encode())


def _read(folder: Traversable, prefix: str) -> list[tuple[str, File]]:
    found = []
    for each in folder.iterdir():
        name, end = prefix + each.name, each.name[each.name.rfind(".") :]
        if each.is_dir():
            found += _read(each, f"{name}/")
        elif end in ENDS:
            data = each.read_bytes()
            found.append((name, File(ENDS[end], without_comments(data) if end == SCRIPT else data)))
    return found


def without_comments(script: bytes) -> bytes:
    r"""Return a script of ours without the comments between its lines, each line where it was.

    >>> without_comments(b"// Why.\nlet a = 1; // 1\n/** One. */\n")
    b'\nlet a = 1; // 1\n\n'
    """
    return COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), script)
