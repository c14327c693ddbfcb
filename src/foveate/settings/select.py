"""What clicks are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import CAPACITY, MIB

Head = Literal["clear", "all", "none"]
SubjectHead = Literal["clear", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """How things are selected by clicks, and subjects found without."""

    head: Head = setting(
        "all",
        "The numbers that turn clicks into masks: fitted on `all` pictures, or on those alone "
        "whose terms are `clear` (docs/guides/select-fitting.md); `none` goes by likeness alone.",
    )
    ttl_s: int = setting(
        3600, "Keep a mask for this long after it was last selected.", Meta(ge=1, le=7 * 24 * 3600)
    )
    max_bytes: int = setting(64 * MIB, "Hold at most this many bytes of masks on disk.", CAPACITY)
    private_bytes: int = setting(
        64 * MIB,
        "Hold at most this many bytes of masks of uploads, and of what nobody may keep, which lie "
        "in memory alone: some 3,500, of which the studio makes up to three a click.",
        CAPACITY,
    )
    memory_bytes: int = setting(
        64 * MIB,
        "Hold at most this much of what was seen of pictures that are clicked at, so that further "
        "clicks are fast.",
        CAPACITY,
    )
    subject_head: SubjectHead = setting(
        "all",
        "Those that find a subject without a click, for `segment.quality=balanced` where ISNet is "
        "not installed.",
    )
