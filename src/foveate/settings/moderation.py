"""What must not be shown, who decides, and on whom that is enforced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import ENDPOINT, SCORE, SECONDS

Enforced = Literal["off", "block", "blur"]
Away = Literal["refuse", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """From when on a picture is flagged, and what happens to one that is."""

    threshold: float = setting(0.8, "A picture is flagged from this score of nudity on.", SCORE)
    parts_threshold: float = setting(
        0.5,
        "It is flagged as well from this score of an exposed part on, where `nudenet` is here.",
        SCORE,
    )
    enforce: Enforced = setting(
        "off",
        "Do this with flagged pictures in every rendition, as if it had `moderate`; no URL takes "
        "it off.",
    )
    enforce_on: tuple[str, ...] = setting(
        (),
        "Image URLs that it is enforced on: `unsigned`, and names of `limited_keys`; empty is all.",
        Meta(description="unsigned, and names of limited_keys"),
    )
    url: str = setting(
        "",
        "Ask a service of yours as well: it is sent a thumbnail as JPEG by POST, and answers "
        '`{"flagged": false, "labels": []}`.',
        ENDPOINT,
    )
    token: str = setting("", "What it is sent as `authorization: Bearer TOKEN`.", secret=True)
    timeout_s: float = setting(2.0, "Wait for an answer of it for this long.", SECONDS)
    when_away: Away = setting(
        "refuse",
        "Without an answer of it, `refuse` answers with 503; `local` goes by the networks here.",
    )

    @property
    def rules(self) -> tuple[object, ...]:
        """Return what decides, beside networks, whether a picture is flagged."""
        return self.threshold, self.parts_threshold, self.url, self.when_away
