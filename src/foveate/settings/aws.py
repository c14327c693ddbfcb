"""Amazon Rekognition's API: who may ask, and for which objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from foveate.configuration.table import setting

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
