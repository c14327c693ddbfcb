"""What a model is told: a template, filled with data that is marked as such.

Whatever people wrote, the request and the design, stands between lines with a mark that nobody
could know when writing it, so that no text can end its own fence.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template as Filled
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.told import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.assistant.example import Example
    from foveate.design.assistant.view import View

FOLDER: Final = Path(__file__).with_name("templates")
USER: Final = "\n=== user ===\n"
AGAIN: Final = "\n=== again ===\n"
MARK_BYTES: Final = 8
MOST_ECHOED: Final = 20_000
"""Letters of a wrong answer that a model is shown again."""


@dataclass(frozen=True, slots=True)
class Template:
    """One way to put it; a version is never changed once it was measured."""

    name: str
    version: int
    system: str
    user: str
    again: str

    def __str__(self) -> str:
        return f"{self.name}-{self.version}"


@cache
def template(name: str, version: int | None = None) -> Template:
    """Return a template, the newest of its name where no version is said. Raises ValueError."""
    versions = {each.stem.rpartition("-")[2]: each for each in FOLDER.glob(f"{name}-*.md")}
    chosen = versions.get(str(DEFAULTS.get(name, "") if version is None else version))
    if chosen is None:
        there = ", ".join(sorted(each.stem for each in FOLDER.glob("*.md")))
        raise ValueError(f"expected a template of {there}, got {name}-{version or ''}")
    system, _, rest = chosen.read_text(encoding="utf-8").partition(USER)
    user, _, again = rest.partition(AGAIN)
    return Template(name, int(chosen.stem.rpartition("-")[2]), system, user, again.rstrip("\n"))


DEFAULTS: Final = {"edit": 1, "translate": 1}
"""The versions that did best."""
DESCRIBED: Final = 3
"""The version of `edit` that tells how another picture is asked for, where there are some."""


def templates() -> list[Template]:
    """Return all that there are."""
    found = (each.stem.rpartition("-") for each in sorted(FOLDER.glob("*.md")))
    return [template(name, int(version)) for name, _, version in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What one edit begins with."""

    template: Template
    view: View
    example: Example
    design: str
    """As it is shown."""
    request: str
    picture: bytes = b""
    mark: str = field(default="")

    def __post_init__(self) -> None:
        while not self.mark or self.mark in f"{self.design}\n{self.request}":
            object.__setattr__(self, "mark", f"@@{secrets.token_hex(MARK_BYTES)}")

    def messages(self) -> list[Message]:
        """Return what is said first."""
        return [
            Message("system", self._filled(self.template.system)),
            Message("user", self._filled(self.template.user), self.picture),
        ]

    def again(self, answer: str, problems: Sequence[str]) -> list[Message]:
        """Return what is said after a wrong answer, in place of all that was said of others."""
        shown = answer if 0 < len(answer) <= MOST_ECHOED else f"({len(answer)} letters)"
        told = self._unmarked("\n".join(f"- {each}" for each in problems))
        said = self._filled(self.template.again, problems=told)
        return [*self.messages(), Message("assistant", shown), Message("user", said)]

    def _filled(self, text: str, **more: str) -> str:
        said = {
            "mark": self.mark,
            "words": self.view.words,
            "shown": self.view.help,
            "example": self.example.design,
            "asked": self.example.request,
            "answer": self.example.answer,
            "design": self.design.rstrip("\n"),
            "request": self.request,
        }
        return Filled(text).substitute({**said, **more})

    def _unmarked(self, text: str) -> str:
        """Return problems, which may quote what a model wrote who knows the mark."""
        return text.replace(self.mark, "")
