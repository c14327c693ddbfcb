"""The rows on what networks see: cut-outs and redaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.colours import backdrop, backdrop_text, colour, colour_text
from foveate.options.cutouts import classes, classes_text, person, person_text
from foveate.options.model import MatteLevel, Moderate, Redact, RedactMethod, Segment, SegmentOutput
from foveate.options.nested import detail, whole_part
from foveate.options.option import Option, Slot, held_in
from foveate.options.subjects import subjects, subjects_text
from foveate.options.targets import REDACT as TARGETS
from foveate.options.targets import targets_text
from foveate.options.values import flag, number, one_of

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

_LEVELS: Final = {level.value: level for level in MatteLevel}
_OUTPUTS: Final = {output.value: output for output in SegmentOutput}
_METHODS: Final = {method.value: method for method in RedactMethod}
_MODERATE: Final = {word.value: word for word in Moderate}
_STRENGTH: Final = number(0, 1)


def _people(name: str, *, besides: str) -> Slot:
    """Return the slot of the people whom redaction keeps, or is for; only one of both is said."""
    slot = detail("redact", Redact(), name, subjects, subjects_text)

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        if getattr(options.redact, besides, ()):
            raise ValueError("expected redact.keep or redact.only, got both")
        if options.redact is not None and not options.redact.faces:
            hidden = targets_text(options.redact)
            raise ValueError(f"expected faces among what is hidden, got redact={hidden}")
        return slot.apply(options, text)

    return Slot(apply, slot.show)


SEGMENT: Final = (
    Option(
        name="segment",
        usage="segment=foreground",
        values="`foreground`",
        default="none",
        help="Cut the subject out: its background becomes transparent, or what `background` or "
        "`segment.background` puts there. Every frame of an animation is cut out.",
        slot=whole_part("segment", "foreground", Segment()),
    ),
    Option(
        name="segment.quality",
        usage="segment.quality=fast|balanced|accurate",
        values="`fast`, `balanced`, `accurate`",
        default="`balanced`, or `fast` where only its network is here",
        help="Foveate's own. How fine the matte is and how long it takes.",
        slot=detail("segment", Segment(), "quality", one_of(_LEVELS)),
    ),
    Option(
        name="segment.background",
        usage="segment.background=blur|COLOUR|SOURCE",
        values="`blur`, a CSS colour, or a source, percent-encoded",
        default="none",
        help="Foveate's own. Replaces the background: by itself out of focus, by a colour, or by "
        "another picture that covers it.",
        slot=detail("segment", Segment(), "background", backdrop, backdrop_text),
    ),
    Option(
        name="segment.output",
        usage="segment.output=image|matte|depth",
        values="`image`, `matte`, `depth`",
        default="`image`",
        help="Foveate's own. `matte` answers with the alpha channel as a grey picture, `depth` "
        "with how near each place is: white is the nearest.",
        slot=detail("segment", Segment(), "output", one_of(_OUTPUTS)),
    ),
    Option(
        name="segment.shadow",
        usage="segment.shadow=DARKNESS",
        values="0 to 1",
        default="0",
        help="Foveate's own. A soft shadow of the subject on what is behind it.",
        slot=detail("segment", Segment(), "shadow", _STRENGTH),
    ),
    Option(
        name="segment.trim",
        usage="segment.trim=true|false",
        values="`true`, `false`",
        default="`false`",
        help="Foveate's own. Cut the picture to the subject before it is resized.",
        slot=detail("segment", Segment(), "trim", flag),
    ),
    Option(
        name="segment.keep",
        usage="segment.keep=CLASS|CLASS",
        values="classes of things such as `person|dog`, a hyphen for the space in a name",
        default="the subject",
        help="Foveate's own. Cut out every thing of these classes, and nothing else.",
        slot=detail("segment", Segment(), "keep", classes, classes_text),
    ),
    Option(
        name="segment.drop",
        usage="segment.drop=CLASS|CLASS",
        values="as `segment.keep`",
        default="none",
        help="Foveate's own. Leave things of these classes out of what is cut out.",
        slot=detail("segment", Segment(), "drop", classes, classes_text),
    ),
    Option(
        name="segment.person",
        usage="segment.person=NUMBER|XxY|face:NUMBER",
        values="a number from the left, a place from 0x0 to 1x1, or `face:1` for whose face is "
        "the first of `faces`",
        default="everybody",
        help="Foveate's own. Cut out one of several people, beside what `segment.keep` names.",
        slot=detail("segment", Segment(), "person", person, person_text),
    ),
)

REDACT: Final = (
    Option(
        name="redact",
        usage="redact=faces|text|object:CLASS",
        values="`faces`, `text`, `object`, `object:CLASS`; several with `|` between them: "
        "`faces|object:car|truck`; [classes](../guides/objects.md#classes)",
        default="none",
        help="Foveate's own. Make every face that is found, every line of text, every thing or "
        "those of some classes unrecognisable, for good, in every frame. Several add up, those of "
        "presets as well. Errors are then never redirected to the source.",
        slot=TARGETS,
    ),
    Option(
        name="redact.method",
        usage="redact.method=blur|pixelate|solid",
        values="`blur`, `pixelate`, `solid`",
        default="`blur`",
        help="Foveate's own. What is left of it: a smooth patch, a few squares, or one colour.",
        slot=detail("redact", Redact(), "method", one_of(_METHODS)),
    ),
    Option(
        name="redact.strength",
        usage="redact.strength=SHARE",
        values="0 to 1",
        default="0.5",
        help="Foveate's own. How little of it remains, relative to its size.",
        slot=detail("redact", Redact(), "strength", _STRENGTH),
    ),
    Option(
        name="redact.color",
        usage="redact.color=COLOUR",
        values="a CSS colour",
        default="black",
        help="Foveate's own. What `redact.method=solid` fills with; always opaque.",
        slot=detail("redact", Redact(), "colour", colour, colour_text),
    ),
    Option(
        name="redact.keep",
        usage="redact.keep=subject:NAME",
        values="`subject:NAME`, `subject:COLLECTION/NAME`; several with `;` between them",
        default="none",
        help="Foveate's own. Faces of these people, who are enrolled in the face index, stay as "
        "they are; all others are made unrecognisable, those in doubt as well.",
        slot=_people("keep", besides="only"),
    ),
    Option(
        name="redact.only",
        usage="redact.only=subject:NAME",
        values="`subject:NAME`, `subject:COLLECTION/NAME`; several with `;` between them",
        default="everybody",
        help="Foveate's own. Only faces of these people are made unrecognisable, and those that "
        "may be theirs. Recognition misses people: `redact=faces` alone is for all faces.",
        slot=_people("only", besides="keep"),
    ),
)

MODERATE: Final = (
    Option(
        name="moderate",
        usage="moderate=block|blur",
        values="`block`, `blur`",
        default="what `FOVEATE_MODERATION__ENFORCE` says",
        help="Foveate's own. What happens where a picture, or one laid over or behind it, shows "
        "nudity: `block` answers with 403, `blur` with nothing that can be recognised. Of a "
        "preset and what stands beside it the stricter counts. Errors are then never redirected "
        "to the source.",
        slot=held_in("moderate", one_of(_MODERATE)),
    ),
)
