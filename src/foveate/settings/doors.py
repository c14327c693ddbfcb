"""Where requests come in, and who may ask for what."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import (
    ACCOUNT,
    HEX,
    HOST,
    KEYS,
    ROOT_PATH,
    SITES,
    Key,
    LogFormat,
    LogLevel,
    Peer,
    Site,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Signed URLs. With a key, limited or not, they need `sig`, or their service's signature."""

    keys: tuple[Key, ...] = setting(
        (), "Secret keys; any of them verifies, the first one signs.", KEYS, secret=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """URLs as imagedelivery.net has them: `/<account>/<id>/<variant>`."""

    account: str = setting(
        "",
        "Answer under this account's name, and under `/cdn-cgi/imagedelivery/` before it; empty is "
        "off.",
        ACCOUNT,
    )
    flexible: bool = setting(
        default=False, about="Let the variant be a list of options as well as a preset's name."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """URLs of other services, below a path of their name such as `/thumbor/`."""

    accept: tuple[Peer, ...] = setting((), "Answer URLs of these services.")
    thumbor_key: str = setting(
        "", "Its `SECURITY_KEY`: with it, URLs need its signature, and none of ours.", secret=True
    )
    imgproxy_key: str = setting(
        "",
        "Its `IMGPROXY_KEY`: with it, URLs need its signature, and none of ours.",
        HEX,
        secret=True,
    )
    imgproxy_salt: str = setting(
        "", "Its `IMGPROXY_SALT`, as many as there are keys.", HEX, secret=True
    )
    imgix_token: str = setting(
        "", "Its token: with it, URLs need its `s`, and no signature of ours.", secret=True
    )
    cloudinary_secret: str = setting(
        "",
        "Its API secret: with it, URLs need its `s--...--`, and no signature of ours.",
        secret=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The HTTP surface."""

    host: str = setting("127.0.0.1", "Listen on this address.", HOST)
    port: int = setting(8100, "Listen on this port; 0 takes a free one.", Meta(ge=0, le=65_535))
    root_path: str = setting(
        "",
        "What a proxy serves us under, such as `/images`, whether it strips that or not.",
        ROOT_PATH,
    )
    cors: tuple[Site, ...] = setting(
        (), "Let pages of these origins read pictures and use the API; `*` is any.", SITES
    )
    log_level: LogLevel = setting("info", "What is logged: this and worse.")
    log_format: LogFormat = setting("text", "Lines for people, or an object a line for machines.")
    access_log: bool = setting(default=False, about="Log a line for each request.")
    otel: bool = setting(
        default=False,
        about="Send a trace of each request to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs "
        "`foveate[otel]`.",
    )
