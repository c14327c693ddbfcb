"""What clicks are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from foveate.configuration.table import setting

Head = Literal["clear", "all", "none"]
SubjectHead = Literal["clear", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """How things are selected by clicks, and subjects found without."""

    head: Head = setting(
        "clear",
        "The numbers that turn clicks into masks: fitted on pictures whose terms are `clear`, or "
        "on `all` (docs/guides/select-fitting.md); `none` goes by likeness alone.",
    )
    subject_head: SubjectHead = setting(
        "all",
        "Those that find a subject without a click, for `segment.quality=balanced` where ISNet is "
        "not installed.",
    )
