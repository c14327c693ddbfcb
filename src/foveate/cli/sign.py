"""`foveate sign`: URLs that a server with signing keys answers."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.options.grammar import Presets
    from foveate.options.signing import LimitedKey

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SENT_AS_IT_IS: Final = "/?%:@!$&'()*+,;=~[]"
_HOST: Final = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_BASE: Final = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?", re.IGNORECASE)
_OWN: Final = re.compile(r"&sig=(?![0-9a-f]{64}(?:&|$))")
"""A signature that is none of ours, which signing anew would take away."""
_WHILE: Final = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)


def sign(
    urls: Annotated[
        list[str],
        typer.Argument(
            help="An image URL, with or without its host: /cdn-cgi/image/width=300/a.jpg",
            metavar="URL",
        ),
    ],
    expires: Annotated[
        str | None, typer.Option(help="Let the link end after so long: 90s, 15m, 12h, 7d or 4w.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="Put this before paths: https://pics.example.com", metavar="URL"),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Sign with that key of the limited ones.", metavar="NAME")
    ] = None,
) -> None:
    """Sign image URLs, one a line: with the first key of FOVEATE_SIGNING__KEYS, or with --key.

    What is signed is the path from /cdn-cgi/image/ on, or from where URLs of a service that is
    answered without its own signatures begin, so one signature is good on every host.
    """
    from foveate.options.presets import read_presets
    from foveate.options.signing import Signer, read_limited
    from foveate.options.translators.mounts import mounts
    from foveate.settings import load

    settings = load()
    presets = read_presets(settings.presets)
    signer = Signer(settings.signing.keys, read_limited(settings.limited_keys, presets))
    signer.key(key)
    until = None if expires is None else int(time.time()) + seconds(expires)
    root = settings.server.root_path
    before = "" if base is None else prefix(base, root)
    others = tuple(mount.prefix for mount in mounts(settings, presets) if not mount.signed)
    check = partial(_check, presets=presets, limited=signer.limited.get(key or ""))
    sign_path = partial(signer.sign, key=key)
    for url in urls:
        link = signed(sign_path, url, until, root, check, others)
        typer.echo(link if _HOST.match(link) else before + link.removeprefix(before and root))


def _check(
    options: str, *, presets: Presets | None = None, limited: LimitedKey | None = None
) -> None:
    """Raise BadRequest for options that a server would not answer with a picture."""
    from foveate.options.grammar import parse_options

    parse_options(options, presets or {})
    if limited is not None:
        limited.allowed.check(options)


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


def signed(
    sign_path: Callable[[str, int | None], str],
    url: str,
    until: int | None,
    root: str = "",
    check: Callable[[str], None] = _check,
    others: tuple[str, ...] = (),
) -> str:
    """Return the URL with its signature; the host and the prefix `root` are not signed.

    `others` are where URLs of other services begin; what those ask for is not checked.

    Raises BadUrl or BadOption for what would never be answered.
    """
    from foveate.errors import BadUrl
    from foveate.options.grammar import MOUNT, split_path

    host = _HOST.match(url)
    start = host.end() if host else 0
    prefixes = (MOUNT, *others)
    start += len(root) if url.startswith(tuple(root + each for each in prefixes), start) else 0
    if not url.startswith(prefixes, start) or "#" in url:
        wanted = f"a URL whose path begins with {' or '.join(prefixes)}, with %23 for each #"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    query = f"&{url.partition('?')[2]}"
    if _OWN.search(query):
        wanted = "the source percent-encoded as a whole where it has a sig of its own"
        raise BadUrl(f"Expected {wanted}, got {url!r}.")
    # As browsers and curl send it: what they encode on the way would not be what was signed.
    path = quote(url[start:], safe=SENT_AS_IT_IS)
    if path.startswith(MOUNT):
        check(split_path(path.partition("?")[0])[0])
    return url[:start] + sign_path(path, until)
