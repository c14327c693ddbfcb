"""The example of an answer that a model is shown: one for each view of a design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.xml.reading import loads

if TYPE_CHECKING:
    from foveate.design.assistant.view import View

DESIGN: Final = """\
<design version="1" lang="en">
  <page id="p" width="400" height="300">
    <rect id="bg" role="background" width="400" height="300" fill="#ffeedd"/>
    <text id="t" role="title" x="20" y="20" width="360" height="60" size="40" color="#222222">\
Fresh bread</text>
  </page>
</design>"""


@dataclass(frozen=True, slots=True)
class Deed:
    """A request about that design, and what is written otherwise after it."""

    request: str
    written: tuple[tuple[str, str], ...]


TRANSLATED: Final = Deed(
    "Translate it into German.", (("Fresh bread", "Frisches Brot"), ('lang="en"', 'lang="de"'))
)
BY_VIEW: Final = {
    "whole": Deed(
        "Make the title bigger and red.",
        (('height="60" size="40"', 'height="75" size="50"'), ("#222222", "#ff0000")),
    ),
    "texts": Deed('Change the title to "Warm bread".', (("Fresh bread", "Warm bread"),)),
    "colours": Deed("Make the title red.", (("#222222", "#ff0000"),)),
    "layout": Deed("Move the title 30 pixels down.", (('y="20"', 'y="50"'),)),
    "names": Deed("Call the title Bread.", (('id="t"', 'id="t" name="Bread"'),)),
}


@dataclass(frozen=True, slots=True)
class Example:
    """A design, a request, and the right answer, as a view shows them."""

    design: str
    request: str
    answer: str


def example(view: View, *, translates: bool) -> Example:
    """Return the example for a view."""
    deed = TRANSLATED if translates else BY_VIEW.get(view.name, BY_VIEW["whole"])
    after = DESIGN
    for was, now in deed.written:
        after = after.replace(was, now)
    shown = [view.write(loads(each)).rstrip("\n") for each in (DESIGN, after)]
    return Example(shown[0], deed.request, shown[1])
