"""What is read, what is refused, and how answers are encoded."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import (
    AGE,
    AVIF_SIDE,
    ENDPOINT,
    LIMIT,
    PATTERNS,
    PLACE,
    QUALITY,
    SECONDS,
    SIDE,
    Signature,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where originals come from, and where they must not come from."""

    folder: str = setting(
        "", "Serve paths from this folder, s3://BUCKET/PREFIX, or http(s):// base.", PLACE
    )
    allow: tuple[str, ...] = setting(
        (),
        "Absolute URLs may come from these: `b.com`, `*.b.com`, `b.com/path`; `*` is any.",
        PATTERNS,
    )
    allow_private: bool = setting(
        default=False, about="Let origins resolve to private, loopback and link-local addresses."
    )
    connect_timeout_s: float = setting(
        5.0, "Give up connecting to an origin after this long.", SECONDS
    )
    read_timeout_s: float = setting(
        10.0, "Give up downloading an original after this long.", SECONDS
    )
    max_redirects: int = setting(
        5, "Follow at most this many redirects, each checked anew.", Meta(ge=0, le=20)
    )
    s3_endpoint: str = setting("", "Endpoint of an S3-compatible service; empty is AWS.", ENDPOINT)
    s3_region: str = setting("us-east-1", "Region of the bucket.")
    s3_access_key_id: str = setting("", "Key id; empty takes what AWS_* variables or roles give.")
    s3_secret_access_key: str = setting("", "Secret key that belongs to the key id.", secret=True)
    min_ttl_s: int = setting(
        3600,
        "Keep what an http or S3 origin sent for at least this long, unless it insists.",
        AGE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Guards against hostile input, checked before the work they guard."""

    max_bytes: int = setting(100_000_000, "Refuse originals with more bytes than this.", LIMIT)
    max_pixels: int = setting(100_000_000, "Refuse originals with more pixels than this.", LIMIT)
    max_side: int = setting(65_500, "Refuse originals with a longer side than this.", SIDE)
    max_frames: int = setting(
        2_000, "Pass animations with more frames than this through as they are.", SIDE
    )
    max_animation_pixels: int = setting(
        100_000_000,
        "Refuse moving answers whose source or result has more pixels over all frames than this.",
        LIMIT,
    )
    max_output_pixels: int = setting(
        100_000_000, "Refuse renditions with more pixels than this.", LIMIT
    )
    max_output_side: int = setting(
        12_000, "Refuse renditions with a longer side than this.", Meta(ge=1, le=1_000_000)
    )
    max_upscale_pixels: int = setting(
        1_000_000,
        "Refuse `upscale=generate` and `clean` where their network would look at more pixels of "
        "the source than this, those of a second pass and of all frames counted.",
        LIMIT,
    )
    max_dpr: float = setting(2.0, "Clamp `dpr` to this, as Cloudflare does.", Meta(ge=1, le=100))
    max_draw: int = setting(
        20, "Refuse more overlays than this on one picture.", Meta(ge=0, le=1000)
    )
    timeout_s: float = setting(20.0, "Stop working on a rendition after this long.", SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What the encoders do when the URL leaves it open."""

    quality: int = setting(85, "Quality of JPEG, WebP and JPEG XL without `quality`.", QUALITY)
    avif_quality: int = setting(
        60, "The same for AVIF, which looks as good at about 20 points less than JPEG.", QUALITY
    )
    webp_effort: int = setting(2, "WebP encoder effort.", Meta(ge=0, le=6))
    avif_effort: int = setting(
        1, "AVIF encoder effort; each step costs up to 4x the time.", Meta(ge=0, le=9)
    )
    jxl_effort: int = setting(
        4, "JPEG XL encoder effort; more gains next to nothing.", Meta(ge=1, le=7)
    )
    avif_max_side_auto: int = setting(
        1200, "`format=auto` gives WebP when a side is longer.", AVIF_SIDE
    )
    avif_max_side: int = setting(1600, "`format=avif` gives WebP when a side is longer.", AVIF_SIDE)
    jxl_max_side_auto: int = setting(
        0,
        "`format=auto` gives JPEG XL to clients that accept it, unless a side is longer; 0 never "
        "does.",
        AVIF_SIDE,
    )
    jxl_max_side: int = setting(3000, "`format=jxl` gives WebP when a side is longer.", AVIF_SIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Content credentials (C2PA): of what carries some, answers carry some too, signed by you."""

    certificate: str = setting(
        "",
        "PEM file of your certificate for C2PA, then those that vouch for it; needs "
        "`foveate[c2pa]`. Empty drops content credentials.",
    )
    key: str = setting("", "PEM file of the private key that belongs to it, without a password.")
    algorithm: Signature = setting("es256", "How that key signs.")
