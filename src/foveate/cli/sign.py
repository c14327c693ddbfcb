"""`foveate sign`: URLs that a server with signing keys answers."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer

from foveate.cli.complaints import warn
from foveate.errors import UnknownOption

if TYPE_CHECKING:
    from foveate.options.grammar import Parsed, Presets
    from foveate.options.signing import LimitedKey, Signer
    from foveate.options.translators.mounts import Mount
    from foveate.settings import Settings

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SENT_AS_IT_IS: Final = "/?%:@!$&'()*+,;=~[]"
_HOST: Final = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_BASE: Final = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?", re.IGNORECASE)
_OWN: Final = re.compile(r"&sig=(?![0-9a-f]{64}(?:&|$))")
"""A signature that is none of ours, which signing anew would take away."""
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
    from foveate.options.in_settings import load

    settings = load()
    signer, answered = doors(settings, key)
    signer.key(key)
    until = None if expires is None else int(time.time()) + seconds(expires)
    root = settings.server.root_path
    before = "" if base is None else prefix(base, root)
    for url in urls:
        start, path = parted(url, root, answered.prefixes)
        answered.check(path)
        link = url[:start] + signer.sign(path, until, key=key)
        typer.echo(link if _HOST.match(link) else before + link.removeprefix(before and root))


def doors(settings: Settings, key: str | None) -> tuple[Signer, Answered]:
    """Return what signs by these settings, and what they let be answered with that key."""
    from foveate.options.presets import read_presets
    from foveate.options.signing import Signer, read_limited
    from foveate.options.translators.mounts import mounts

    presets = read_presets(settings.presets)
    signer = Signer(settings.signing.keys, read_limited(settings.limited_keys, presets))
    limited = signer.limited.get((key or "").lower())
    others = tuple(mount for mount in mounts(settings, presets) if not mount.signed)
    return signer, Answered(settings, presets, limited, others)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server with these settings answers with a picture, if a key or a limited one signs."""

    settings: Settings
    presets: Presets
    limited: LimitedKey | None
    others: tuple[Mount, ...]
    """Where URLs of other services are answered that need our signature."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return how the paths begin."""
        from foveate.options.grammar import MOUNT

        return MOUNT, *(mount.prefix for mount in self.others)

    def check(self, path_and_query: str) -> None:
        """Raise BadRequest for what would be refused, and warn of options that would be ignored."""
        from foveate.options.allowed import ONLY_PRESETS
        from foveate.options.grammar import parse_options, split_path

        path, _, query = path_and_query.partition("?")
        mount = next((each for each in self.others if path.startswith(each.prefix)), None)
        options = _translated(mount, path, query) if mount else split_path(path)[0]
        # Without any preset here, those of a variant are the server's own.
        if self.presets or mount is None:
            self._check_known(parse_options(options, self.presets), path)
        if self.settings.only_presets:
            ONLY_PRESETS.check(options)
        if self.limited is not None:
            self.limited.allowed.check(options)

    def _check_known(self, parsed: Parsed, path: str) -> None:
        try:
            parsed.check()
        except UnknownOption as why:
            if self.settings.strict:
                raise
            warn(f"{why}, which is ignored in {path}")


def _translated(mount: Mount, path: str, query: str) -> str:
    from foveate.options.signing import split_query

    own, _ = split_query(query)
    return mount.read(path.removeprefix(mount.prefix), own, time.time()).options


def seconds(text: str) -> int:
    """Return how many seconds `90s`, `15m`, `12h`, `7d` or `4w` are. Raises BadOption."""
    from foveate.errors import BadOption

    asked = _WHILE.fullmatch(text)
    if asked is None:
        raise BadOption(f"Expected a time such as 90s, 15m, 12h, 7d or 4w, got {text!r}.")
    return int(asked[1]) * UNITS[asked[2]]


def prefix(base: str, root: str) -> str:
    """Return what stands before /cdn-cgi/: the base, and the prefix `root` if it has no path.

    Raises BadOption.
    """
    from foveate.errors import BadOption

    if not _BASE.fullmatch(base):
        raise BadOption(f"Expected http(s)://HOST as --base, with or without a path, got {base!r}.")
    bare = base.rstrip("/")
    return bare + root if _HOST.fullmatch(bare) else bare


def parted(url: str, root: str, prefixes: tuple[str, ...]) -> tuple[int, str]:
    """Return where in a URL begins what is signed, behind host and `root`, and that as it is sent.

    It begins with one of the prefixes. Raises BadUrl.
    """
    from foveate.errors import BadUrl

    host = _HOST.match(url)
    start = host.end() if host else 0
    start += len(root) if url.startswith(tuple(root + each for each in prefixes), start) else 0
    if not url.startswith(prefixes, start) or "#" in url:
        wanted = f"a URL whose path begins with {' or '.join(prefixes)}, with %23 for each #"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    query = f"&{url.partition('?')[2]}"
    if _OWN.search(query):
        wanted = "the source percent-encoded as a whole where it has a sig of its own"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    # As browsers and curl send it: what they encode on the way would not be what was signed.
    return start, quote(url[start:], safe=SENT_AS_IT_IS)
