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
    MESSAGE,
    MIB,
    ROOT_PATH,
    SITES,
    TARGET,
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
    studio: bool = setting(
        default=True,
        about="Answer `/`, `/people` and `/status` with the pages for people; false is 404.",
    )
    access_log: bool = setting(default=False, about="Log a line for each request.")
    otel: bool = setting(
        default=False,
        about="Send a trace of each request to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs "
        "`foveate[otel]`.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpc:
    """The gRPC surface. It listens on `server.host`, and needs `foveate[rpc]`."""

    port: int = setting(
        0, "Answer gRPC on this port as well; 0 is not at all.", Meta(ge=0, le=65_535)
    )
    max_message_bytes: int = setting(
        64 * MIB, "Take, and expect, no larger messages; pictures may come by reference.", MESSAGE
    )
    tls_certificate: str = setting(
        "", "A PEM file with the certificate chain: with it, callers come by TLS."
    )
    tls_key: str = setting("", "The PEM file of its private key.")
    token: str = setting(
        "",
        "What callers send as `authorization: Bearer TOKEN`; where it is empty, one of "
        "`signing.keys`, if there are any.",
        secret=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What runs elsewhere: an address for each stage; where it is empty, that stage runs here."""

    preprocessor: str = setting("", "Who finds faces and cuts them out.", TARGET)
    embedder: str = setting("", "Who turns faces into embeddings.", TARGET)
    analyzer: str = setting("", "Who guesses age, gender, emotion and race.", TARGET)
    searcher: str = setting("", "Who searches a face index.", TARGET)
    look: str = setting(
        "", "Who looks at the thumbnails of pictures for faces, and for where people look.", TARGET
    )
    tls_ca: str = setting(
        "", "A PEM file with whom to trust: with it, stages are called by TLS alone."
    )
    token: str = setting("", "What stages are sent as `rpc.token`.", secret=True)

    @property
    def named(self) -> dict[str, str]:
        """Return the address of each stage that runs elsewhere, by its name."""
        names = ("preprocessor", "embedder", "analyzer", "searcher", "look")
        return {name: target for name in names if (target := getattr(self, name))}
