"""Whether a picture is flagged, what for, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.service.serialise import thing_to_json
from foveate.vision.moderation import NUDE

if TYPE_CHECKING:
    from foveate.values import Opinion, Thing

UNSEEN: Final = (
    "violence",
    "gore",
    "weapons",
    "hate",
    "self-harm",
    "drugs",
    "alcohol",
    "tobacco",
    "gambling",
    "offensive text",
    "drawn nudity",
)
"""What the networks here do not look for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationVerdict:
    """What is known of a picture, and whether it is flagged for it."""

    nsfw: float
    """How likely it shows nudity, 0..1; of an animation, its worst frame does."""
    threshold: float
    """From which on it is flagged for that."""
    parts_threshold: float
    """The score of a part of a body from which on it is flagged for that."""
    parts: tuple[Thing, ...] | None = None
    """Best score first, in pixels of the upright source; None where nobody looks for them."""
    opinion: Opinion | None = None
    """What a service elsewhere said, where one is asked and answered."""

    @property
    def nude(self) -> bool:
        """Return whether it is flagged for nudity as a whole."""
        return self.nsfw >= self.threshold

    @property
    def exposed(self) -> tuple[str, ...]:
        """Return which parts it is flagged for, the surest first, each once."""
        sure = (part for part in self.parts or () if part.score >= self.parts_threshold)
        return tuple(dict.fromkeys(part.label for part in sure if part.label in NUDE))

    @property
    def objected(self) -> bool:
        """Return whether a service elsewhere flags it."""
        return self.opinion is not None and self.opinion.flagged

    @property
    def flagged(self) -> bool:
        """Return whether it is flagged, for whatever it is."""
        return self.nude or bool(self.exposed) or self.objected

    def to_json(self) -> dict[str, object]:
        """Return it as the API answers it."""
        answer: dict[str, object] = {
            "nsfw": round(self.nsfw, 4),
            "flagged": self.flagged,
            "threshold": self.threshold,
            "unseen": list(UNSEEN),
        }
        if self.parts is not None:
            answer["parts"] = [thing_to_json(part) for part in self.parts]
        if self.opinion is not None:
            answer["service"] = {
                "flagged": self.opinion.flagged,
                "labels": list(self.opinion.labels),
            }
        return answer


def sentence(known: ModerationVerdict) -> str:
    """Return for people what a picture is flagged for, or that it is not."""
    score = f"{known.nsfw:.2f} for nudity"
    if not known.flagged:
        return f"The picture is not flagged: {score}."
    return f"The picture is flagged: {reasons(known, score)}."


def reasons(known: ModerationVerdict, score: str) -> str:
    """Return what a picture is flagged for, in words.

    `score` says how it scores for nudity, which is told where it is no reason, too.
    """
    why = [score] if known.nude else []
    if known.exposed:
        why.append(f"it shows {', '.join(known.exposed)}")
    if known.opinion is not None and known.objected:
        labels = f" for {', '.join(known.opinion.labels)}" if known.opinion.labels else ""
        why.append(f"your service flags it{labels}")
    said = "; ".join(why)
    return said if known.nude else f"{said} ({score})"
