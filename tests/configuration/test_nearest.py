from __future__ import annotations

import pytest

from foveate.configuration.nearest import nearest

NAMES = (
    "strict",
    "origins.folder",
    "origins.read_timeout_s",
    "limits.max_pixels",
    "limits.max_side",
    "limits.timeout_s",
    "encoding.quality",
    "encoding.avif_quality",
    "caching.folder",
    "caching.memory_bytes",
    "load.workers",
    "load.memory_bytes",
    "models.folder",
    "runtime.engine",
    "runtime.threads",
    "faces.long_side",
    "faces.score",
    "faces.gravity_score",
    "faces.redact_score",
    "server.log_level",
    "origins.s3_region",
    "origins.s3_access_key_id",
    "origins.s3_secret_access_key",
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("limits.max_pixel", "limits.max_pixels"),
        ("limit.max_pixels", "limits.max_pixels"),
        ("server.loglevel", "server.log_level"),
        ("stict", "strict"),
        ("max_pixels", "limits.max_pixels"),
        ("limits_max_pixels", "limits.max_pixels"),
        ("limits.quality", "encoding.quality"),
        ("server.workers", "load.workers"),
        ("cachin.folder", "caching.folder"),
        ("models.engine", "runtime.engine"),
        ("models.threads", "runtime.threads"),
        ("models.face_score", "faces.score"),
        ("models.face_long_side", "faces.long_side"),
        ("models.face_gravity_score", "faces.gravity_score"),
        ("models.face_redact_score", "faces.redact_score"),
        ("origins.s3_key", "origins.s3_access_key_id"),
        ("origins.s3_secret", "origins.s3_secret_access_key"),
        ("origins.s3_reg", "origins.s3_region"),
    ],
)
def test_a_name_is_found_in_spite_of_a_slip_or_in_another_group(name: str, meant: str) -> None:
    assert nearest(name, NAMES) == meant


@pytest.mark.parametrize("name", ["", ".", "colour", "x.y", "x" * 100_000])
def test_what_is_like_nothing_finds_nothing(name: str) -> None:
    assert nearest(name, NAMES) is None
