"""An answer, to a scene that may take the place of the one before, or to why none may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.guard import Guard
from foveate.design.assistant.scan import Reason, Unusable, scan
from foveate.errors import BadRequest

if TYPE_CHECKING:
    from foveate.design.assistant.checks import Check
    from foveate.design.assistant.grant import Grant
    from foveate.design.assistant.told import Answer
    from foveate.design.assistant.view import View
    from foveate.design.scene.model import Scene

CUT: Final = (
    "Expected the whole design, got an answer that was cut at the most tokens that it may have."
)
SAME: Final = "Expected the design after the request, got it as it was: nothing was changed."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of an answer."""

    scene: Scene | None = None
    repaired: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    stage: str = ""
    """Who said no, where the scene is None."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges answers to one request about one scene. It blocks."""

    before: Scene
    request: str
    grant: Grant
    check: Check

    def __call__(self, answer: Answer, view: View) -> Verdict:
        """Return what comes of an answer: first whether it is a design, then whether it may be."""
        found = scan(answer.text)
        if isinstance(found, Unusable):
            cut = answer.cut and found.reason is Reason.CUT
            return Verdict(stage="scan", reasons=(CUT if cut else found.sentence,))
        try:
            after = view.read(found.text, self.before)
        except BadRequest as why:
            problems = getattr(why, "problems", ()) or (str(why),)
            return Verdict(stage="read", reasons=tuple(problems))
        return self._of(after)

    def _of(self, after: Scene) -> Verdict:
        if after == self.before:
            return Verdict(stage="same", reasons=(SAME,))
        refusals = Guard(self.before, self.request, self.grant).refusals(after)
        if refusals:
            return Verdict(stage="guard", reasons=tuple(refusals))
        findings = self.check(self.before, after, self.request)
        if findings.refused:
            return Verdict(stage="check", reasons=findings.refused)
        if findings.scene == self.before:
            return Verdict(stage="same", reasons=(SAME,))
        return Verdict(findings.scene, findings.repaired, findings.warned)
