"""`foveate sign`: URLs that a server with signing keys answers."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer

from foveate.cli.complaints import warn
from foveate.errors import UnknownOption

if TYPE_CHECKING:
    from foveate.options.grammar import Presets
    from foveate.options.signing import Signer
    from foveate.options.translators.mounts import Mount
    from foveate.server.image_request import ImageUrl
    from foveate.settings import Settings
    from foveate.storage.router import Sources

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SENT_AS_IT_IS: Final = "/?%:@!$&'()*+,;=~[]"
_OF_SOURCE: Final = re.compile(r"&sig=(?![0-9a-f]{64}(?:&|$))")
"""A signature of the source's own, which signing anew would take away."""
_WHILE: Final = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)


Urls = Annotated[
    list[str],
    typer.Argument(
        help="An image URL, with or without its host: /cdn-cgi/image/width=300/a.jpg",
        metavar="URL",
    ),
]
Expires = Annotated[
    str | None, typer.Option(help="Let the link end after so long: 90s, 15m, 12h, 7d or 4w.")
]
Base = Annotated[
    str | None,
    typer.Option(help="Put this before paths: https://pics.example.com", metavar="URL"),
]
Key = Annotated[
    str | None, typer.Option(help="Sign with that key of the limited ones.", metavar="NAME")
]


def sign(urls: Urls, expires: Expires = None, base: Base = None, key: Key = None) -> None:
    """Sign image URLs, one a line: with the first key of FOVEATE_SIGNING__KEYS, or with --key.

    What is signed is the path from /cdn-cgi/image/ on, or from where URLs of a service that is
    answered without its own signatures begin, so one signature is good on every host.
    """
    from foveate.options.addresses import prefix
    from foveate.options.in_settings import load

    settings = load()
    rules = rules_of(settings)
    rules.signer.key(key)
    now = time.time()
    until = None if expires is None else int(now) + seconds(expires)
    root = settings.server.root_path
    before = "" if base is None else prefix(base, root)
    for url in urls:
        start, path = parted(url, root, rules.prefixes)
        signed = rules.signer.sign(path, until, key=key)
        rules.check(signed, now)
        typer.echo(_placed(url[:start], before, root) + signed)


def _placed(start: str, before: str, root: str) -> str:
    """Return what stands before a signed path that came behind `start`."""
    from foveate.options.addresses import HOST

    if not HOST.match(start):
        return before + start.removeprefix(before and root)
    if before and start != before:
        warn(f"--base {before} is left out: {start} is there already")
    return start


def rules_of(settings: Settings) -> Rules:
    """Return by what a server with these settings answers. Raises BadSettings."""
    from foveate.options.presets import read_presets
    from foveate.options.signing import Signer, read_limited
    from foveate.options.translators.mounts import mounts

    presets = read_presets(settings.presets)
    signer = Signer(settings.signing.keys, read_limited(settings.limited_keys, presets))
    unsigned = tuple(mount for mount in mounts(settings, presets) if not mount.signed)
    return Rules(settings, presets, signer, unsigned)


@dataclass(frozen=True)
class Rules:
    """By what a server with these settings answers signed URLs, or refuses them."""

    settings: Settings
    presets: Presets
    signer: Signer
    mounts: tuple[Mount, ...]
    """Where URLs of other services are answered that need our signature."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return how the paths begin."""
        from foveate.options.grammar import MOUNT

        return MOUNT, *(mount.prefix for mount in self.mounts)

    def check(self, link: str, now: float) -> None:
        """Raise what a signed path is refused with, and warn of options that are ignored.

        Raises BadRequest, and SourceNotFound where paths lead nowhere.
        """
        from foveate.options.grammar import MOUNT
        from foveate.server.image_request import Request, read_image_url
        from foveate.server.mounts import read_translated

        path, _, query = link.partition("?")
        ours, request = path.startswith(MOUNT), Request(path, query, {})
        read = read_image_url if ours else partial(read_translated, mounts=self.mounts)
        folder = self.settings.origins.folder
        url = read(request, signer=self.signer, folder=folder, now=now)
        self._check_options(url, path, known=bool(ours or self.presets))
        self._sources.check(url.source)

    def _check_options(self, url: ImageUrl, path: str, *, known: bool) -> None:
        from foveate.options.allowed import ONLY_PRESETS
        from foveate.options.grammar import Parsed
        from foveate.server.image_request import read_image_request

        if not known:
            # Without any preset here, those of a variant are the server's own.
            return ONLY_PRESETS.check(url.options) if self.settings.only_presets else None
        asked = read_image_request(url, {}, self.settings, self.presets)
        try:
            Parsed(asked.ask.options, asked.unknown).check()
        except UnknownOption as why:
            warn(f"{why}, which is ignored in {path}")

    @cached_property
    def _sources(self) -> Sources:
        from foveate.storage.router import Sources

        origins = self.settings.origins
        # Who names no originals here signs for a server elsewhere, which knows its own.
        anything = replace(origins, folder=".", allow=("*",))
        return Sources(origins if origins.folder or origins.allow else anything)


def seconds(text: str) -> int:
    """Return how many seconds `90s`, `15m`, `12h`, `7d` or `4w` are, at least one.

    Raises BadOption.
    """
    from foveate.errors import BadOption

    asked = _WHILE.fullmatch(text)
    if asked is None or not int(asked[1]):
        raise BadOption(f"Expected a time such as 90s, 15m, 12h, 7d or 4w, got {text!r}.")
    return int(asked[1]) * UNITS[asked[2]]


def parted(url: str, root: str, prefixes: tuple[str, ...]) -> tuple[int, str]:
    """Return where in a URL begins what is signed, behind host and `root`, and that as it is sent.

    It begins with one of the prefixes. Raises BadUrl.
    """
    from foveate.errors import BadUrl
    from foveate.options.addresses import HOST

    host = HOST.match(url)
    start = host.end() if host else 0
    start += len(root) if url.startswith(tuple(root + each for each in prefixes), start) else 0
    if not url.startswith(prefixes, start) or "#" in url:
        wanted = f"a URL whose path begins with {' or '.join(prefixes)}, with %23 for each #"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    query = f"&{url.partition('?')[2]}"
    if _OF_SOURCE.search(query):
        wanted = "the source percent-encoded as a whole where it has a sig of its own"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    # As browsers and curl send it: what they encode on the way would not be what was signed.
    return start, quote(url[start:], safe=SENT_AS_IT_IS)
