"""The headers of a rendition, and what a client already has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.options.grammar import MAX_TOLD
from foveate.options.table import unknown_option
from foveate.server import cors
from foveate.server.answer import Answer, Headers, encode_headers
from foveate.trace import FETCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.delivery.delivery import Delivered
    from foveate.delivery.stored import About
    from foveate.server.image_request import ImageRequest
    from foveate.settings import Settings
    from foveate.trace import Trace

SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
RENDER_SPANS: Final = ("render", "analyse", "crops", "score")
KEY_DIGITS: Final = 16
_NOT_IN_A_TAG: Final = re.compile(r"[^!#-~]")
_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
CACHE_NAME: Final = "Foveate"
FOR_304: Final = cors.IN_ANSWERS | {
    b"etag",
    b"cache-control",
    b"vary",
    b"cf-resized",
    b"cache-status",
}


def make_etag(digest: str, origin_etag: str) -> str:
    """Return `"cf-<16 hex of digest>:<the origin's tag>"`, quotes included."""
    return f'"cf-{digest[:KEY_DIGITS]}:{_NOT_IN_A_TAG.sub("", origin_etag)}"'


def matches(if_none_match: str, etag: str) -> bool:
    """Return whether the client holds `etag` already, by weak comparison (RFC 9110 13.1.2)."""
    if if_none_match.strip() == "*":
        return True
    return etag.strip('"') in _TAG.findall(if_none_match)


def cache_control(about: About, image_request: ImageRequest, settings: Settings, now: float) -> str:
    """Return how long browsers may keep the rendition; never beyond the end of a signed link."""
    lifetime = about.lifetime.for_clients
    if about.lifetime.private or lifetime.private:
        return "private, no-store"
    if image_request.ask.options.subjects():
        # Who is found changes with who is enrolled, and is for nobody but who may ask.
        return "private, no-cache"
    named_s = lifetime.max_age_s
    if lifetime.must_revalidate:
        age_s = named_s or 0.0
    else:
        age_s = settings.caching.browser_ttl_s if named_s is None else named_s
        # What an origin says to browsers alone is its word: nobody can purge those.
        floored = image_request.remote and about.lifetime.clients is None
        age_s = max(age_s, settings.origins.min_ttl_s) if floored else age_s
    if image_request.expires is not None:
        age_s = min(age_s, max(0.0, image_request.expires - now))
    if lifetime.must_revalidate:
        return f"public, max-age={int(age_s)}, must-revalidate"
    stale_s = settings.caching.browser_stale_s if image_request.expires is None else 0
    suffix = f", stale-while-revalidate={stale_s}" if stale_s else ""
    return f"public, max-age={int(age_s)}{suffix}"


def picture_headers(content_type: str, made: Mapping[str, str], length: int) -> dict[str, str]:
    """Return what every rendition carries, however it was asked for."""
    headers = {
        "content-type": content_type,
        "content-length": str(length),
        "x-content-type-options": "nosniff",
        **made,
    }
    if content_type.startswith("image/svg"):
        headers["content-security-policy"] = SVG_POLICY
    return headers


def work_headers(trace: Trace | None) -> dict[str, str]:
    """Return `Cf-Resized` and `Server-Timing` of what was made now; without a trace, of a hit."""
    if trace is None:
        return {
            "cf-resized": "internal=ok/h q=0 n=0+0",
            "server-timing": 'cache;desc="hit"',
        }
    timings_ms = trace.total_ms()
    spent = {name: round(timings_ms.get(name, 0.0)) for name in ("queue", FETCH)}
    render = round(sum(timings_ms.get(name, 0.0) for name in RENDER_SPANS))
    spans = ", ".join(f"{_token(name)};dur={ms:.1f}" for name, ms in timings_ms.items())
    return {
        "cf-resized": f"internal=ok/m q={spent['queue']} n={spent[FETCH]}+{render}",
        "server-timing": spans,
    }


def cache_status(found: Delivered | None) -> str:
    """Return what our cache did (RFC 9211); without what was delivered, of a hit."""
    did = "hit"
    if found is not None and found.trace is not None:
        did = "fwd=miss; stored" if found.kept else "fwd=miss"
    elif found is not None and found.asked is not None:
        did = f"fwd=stale; fwd-status={found.asked}"
    return f"{CACHE_NAME}; {did}"


def _token(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def warnings(unknown: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a `Warning` for every option that we do not know and ignored."""
    for name in unknown[:MAX_TOLD]:
        said = re.sub(r'["\\]', "?", unknown_option(name))
        yield "warning", f'cf-images 299 "unknown option: {said}"'


def not_modified(headers: Headers) -> Answer:
    """Return 304 with those headers of the full answer that a cache needs to renew its copy."""
    return Answer(304, [pair for pair in headers if pair[0] in FOR_304])


def rendition_headers(pairs: Mapping[str, str], image_request: ImageRequest) -> Headers:
    """Return `pairs` with what depends on the URL alone."""
    headers = [*pairs.items(), *warnings(image_request.unknown)]
    if image_request.vary:
        headers.append(("vary", ", ".join(image_request.vary)))
    return encode_headers(headers)
