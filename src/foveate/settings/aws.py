"""What speaks as services of AWS do: Rekognition's API, and functions of Lambda."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import LIMIT, MIB

REGION = Meta(
    pattern=r"^(?:[a-z0-9-]{1,32})?$", description="a region such as us-east-1, or nothing"
)
BUCKETS = Meta(description="names of buckets such as photos, or photos/prefix")
Bucket = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z._-]{3,63}(?:/.+)?$", description="BUCKET or BUCKET/PREFIX")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekognition:
    """Amazon Rekognition's API, at `/` and at `/rekognition`, for clients of AWS."""

    key_file: str = setting(
        "",
        "Answer it, for the access keys of this file: `NAME ACCESS_KEY_ID SECRET COLLECTION "
        "SCOPE` on each line; empty is off.",
    )
    region: str = setting(
        "", "Take only signatures for this region; empty takes those for any.", REGION
    )
    buckets: tuple[Bucket, ...] = setting(
        (),
        "`S3Object` may name objects of these buckets, as `BUCKET` or `BUCKET/PREFIX`, of the "
        "service that `origins.s3_*` name.",
        BUCKETS,
    )


BUCKET: Final = Meta(
    pattern=r"(?s)^(?:s3://[^/@]+(?:/.*)?)?$", description="s3://BUCKET/PREFIX, or nothing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serverless:
    """`foveate.serverless.handler`, for functions such as AWS Lambda's."""

    out: str = setting(
        "",
        "Write renditions of objects that an event of S3 tells of below this s3://BUCKET/PREFIX.",
        BUCKET,
    )
    presets: tuple[str, ...] = setting((), "Which presets are made of each of them.")
    large: str = setting(
        "",
        "Put answers that are too large for the platform below this s3://BUCKET/PREFIX, and "
        "redirect to them; where it is empty they are refused.",
        BUCKET,
    )
    link_s: int = setting(
        900, "For so long such a redirect leads there.", Meta(ge=1, le=7 * 24 * 3600)
    )
    max_response_bytes: int = setting(
        6 * MIB, "What the platform takes as an answer, as JSON with its body in base64.", LIMIT
    )
