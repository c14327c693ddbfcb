"""The page at `/` and its files, as they lie in the package: pressed, and never asked for twice."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from foveate.server.answer import Answer, encode_headers
from foveate.server.errors import routing_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

FOLDER: Final = "/studio/"
PAGES: Final = frozenset({"/", "/people", "/status"})
"""Where the page is; it sees by its address what to show first."""
PAGE: Final = "index.html"
ENDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
GZIP: Final = "gzip"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
FOREVER: Final = "public, max-age=31536000, immutable"
HASH_DIGITS: Final = 12


def is_of_studio(path: str) -> bool:
    """Return whether a path is the page's, or one of its files'."""
    return path in PAGES or path.startswith(FOLDER)


@dataclass(frozen=True, slots=True)
class File:
    """A text as it is, and pressed."""

    kind: str
    plain: bytes
    pressed: bytes

    @classmethod
    def of(cls, kind: str, plain: bytes) -> File:
        """Return it pressed as well, always to the same bytes."""
        return cls(kind, plain, gzip.compress(plain, mtime=0))

    def accepted(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return the encoding to send to who accepts these, or nothing, and the bytes."""
        wanted = {part.partition(";")[0].strip().lower() for part in accept_encoding.split(",")}
        return (GZIP, self.pressed) if GZIP in wanted else ("", self.plain)


class Studio:
    """Answers for the page. Files are read and pressed with the first request."""

    @cached_property
    def _files(self) -> Mapping[str, File]:
        return dict(_read(files("foveate.studio"), ""))

    @cached_property
    def _hash(self) -> str:
        """Return what changes with any of the files: modules name each other without it."""
        told = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            told.update(name.encode() + b"\0" + file.plain)
        return told.hexdigest()[:HASH_DIGITS]

    def __call__(self, path: str, root: str, headers: Mapping[bytes, bytes]) -> Answer:
        """Return the page, or one of its files; `root` is the prefix that the server lies under."""
        if path in PAGES:
            return self._page(root, headers)
        folder, _, name = path.removeprefix(FOLDER).partition("/")
        file = self._files.get(name)
        if folder != self._hash or file is None or name == PAGE:
            return routing_answer(404)
        return _sent(file, headers, {"cache-control": FOREVER})

    def _page(self, root: str, headers: Mapping[bytes, bytes]) -> Answer:
        slots = {"{{root}}": escape(root), "{{files}}": f"{FOLDER[1:]}{self._hash}"}
        text = self._files[PAGE].plain.decode()
        for slot, value in slots.items():
            text = text.replace(slot, value)
        page = File.of(ENDS[".html"], text.encode())
        own = {"cache-control": "no-cache", "content-security-policy": POLICY,
               "referrer-policy": "no-referrer"}  # fmt: skip
        return _sent(page, headers, own)


def _read(folder: Traversable, prefix: str) -> list[tuple[str, File]]:
    found = []
    for each in folder.iterdir():
        name, end = prefix + each.name, each.name[each.name.rfind(".") :]
        if each.is_dir():
            found += _read(each, f"{name}/")
        elif end in ENDS:
            found.append((name, File.of(ENDS[end], each.read_bytes())))
    return found


def _sent(file: File, headers: Mapping[bytes, bytes], own: Mapping[str, str]) -> Answer:
    encoding, body = file.accepted(headers.get(b"accept-encoding", b"").decode("latin-1"))
    etag = f'"{hashlib.sha256(body).hexdigest()[:HASH_DIGITS]}"'
    pairs = {
        "content-type": file.kind,
        "etag": etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        **own,
    }
    if etag in headers.get(b"if-none-match", b"").decode("latin-1"):
        return Answer(304, encode_headers(pairs.items()))
    if encoding:
        pairs["content-encoding"] = encoding
    pairs["content-length"] = str(len(body))
    return Answer(200, encode_headers(pairs.items()), body)
