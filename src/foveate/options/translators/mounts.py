"""Which translator reads what is below which path, by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from foveate.errors import BadSettings
from foveate.options.translators import cloudinary, hosted, imgix, imgproxy, thumbor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.options.grammar import Presets
    from foveate.options.translators.shared import Translated
    from foveate.settings import Peer, Peers, Settings

ROUTES: Final = frozenset(
    {
        "cdn-cgi",
        "v1",
        "datasets",
        "designs",
        "docs",
        "health",
        "metrics",
        "people",
        "status",
        "studio",
    }
)
"""How the paths begin below which we answer ourselves."""
HOSTED: Final = "/cdn-cgi/imagedelivery"
"""Where Cloudflare serves hosted images from a site's own name, before the account."""


class Reader(Protocol):
    """Reads a raw path below a mount and a raw query, at a time in unix seconds."""

    def __call__(self, path: str, query: str, now: float) -> Translated:
        """Return it in our words. Raises BadRequest."""
        ...


@dataclass(frozen=True, slots=True)
class Mount:
    """A path below which URLs are those of another service."""

    prefix: str
    """With a slash at both ends."""
    read: Reader
    signed: bool = False
    """Whether these carry that service's own signature, and need none of ours."""


def mounts(settings: Settings, presets: Presets) -> tuple[Mount, ...]:
    """Return what the settings switch on. Raises BadSettings."""
    peers = settings.peers
    named = ((name, _TRANSLATORS[name]) for name in peers.accept)
    found = [Mount(f"/{name}/", *build(peers, settings.only_presets)) for name, build in named]
    if account := settings.hosted.account:
        if account in ROUTES or account in _TRANSLATORS:
            raise BadSettings(
                f"hosted.account: expected another name, {account} is a path of ours."
            )
        read = partial(hosted.translate, presets=presets, flexible=settings.hosted.flexible)
        reader: Reader = lambda path, _query, _now: read(path)  # noqa: E731
        found += [Mount(f"{before}/{account}/", reader) for before in ("", HOSTED)]
    return tuple(found)


def _thumbor(peers: Peers, _: bool) -> tuple[Reader, bool]:  # noqa: FBT001
    read = partial(thumbor.translate, key=peers.thumbor_key)
    return lambda path, query, _now: read(path, query), bool(peers.thumbor_key)


def _imgproxy(peers: Peers, only_presets: bool) -> tuple[Reader, bool]:  # noqa: FBT001
    keys = imgproxy.Keys.read(peers.imgproxy_key, peers.imgproxy_salt)
    read = partial(imgproxy.translate, keys=keys, only_presets=only_presets)
    return lambda path, _query, now: read(path, now=now), bool(keys.pairs)


def _imgix(peers: Peers, _: bool) -> tuple[Reader, bool]:  # noqa: FBT001
    read = partial(imgix.translate, token=peers.imgix_token)
    return lambda path, query, now: read(path, query, now=now), bool(peers.imgix_token)


def _cloudinary(peers: Peers, _: bool) -> tuple[Reader, bool]:  # noqa: FBT001
    read = partial(cloudinary.translate, secret=peers.cloudinary_secret)
    return lambda path, query, _now: read(path, query), bool(peers.cloudinary_secret)


_TRANSLATORS: Final[Mapping[Peer, Callable[[Peers, bool], tuple[Reader, bool]]]] = {
    "thumbor": _thumbor,
    "imgproxy": _imgproxy,
    "imgix": _imgix,
    "cloudinary": _cloudinary,
}
