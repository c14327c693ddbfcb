"""`foveate analyse`: everything that is known of a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperOption

from foveate.cli.complaints import printable
from foveate.cli.completion import aspects_words, parts_words
from foveate.cli.faces import face_table
from foveate.cli.places import for_drawing
from foveate.cli.several import AsJson, Pictures, each, print_json, read_picture
from foveate.cli.show import Show, show

if TYPE_CHECKING:
    from foveate.service.analyse import AnalysisResult
    from foveate.service.crops import Crop

EXPLAINED: Final = "faces,saliency,matte"
"""What a drawing shows unless other parts are asked for."""
ASPECTS: Final = ("1:1", "4:5", "9:16", "16:9")
CROPS_GO_BY: Final = {"faces": None, "saliency": None, "objects": "object", "text": "text"}
"""What a drawing's crops keep, by the first of these parts that is asked for."""
PARTS_HELP: Final = "What to look for, separated by commas; faces by default."


class ListsParts(TyperCommand):
    """A command whose help lists the parts there are, which takes imports that others spare."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own click
        """Write the help."""
        from foveate.service.parts import OFFERED

        for option in self.params:
            if option.name == "parts" and isinstance(option, TyperOption):
                option.help = f"{PARTS_HELP} There are {', '.join(OFFERED)}."
        super().format_help(ctx, formatter)


Parts = Annotated[str | None, typer.Option(help=PARTS_HELP, autocompletion=parts_words)]
Draw = Annotated[
    Path | None,
    typer.Option(
        help="Write the picture with all of it drawn on it as PNG, crops as well where faces or "
        "saliency are among the parts; - is standard output."
    ),
]
Aspects = Annotated[
    list[str] | None,
    typer.Option(
        help="An aspect ratio whose crop the drawing shows, around things or text where these "
        "are the parts.",
        autocompletion=aspects_words,
    ),
]


def analyse(
    names: Pictures,
    parts: Parts = None,
    draw: Draw = None,
    aspect: Aspects = None,
    show_: Show = False,
    as_json: AsJson = False,
) -> None:
    """Say what is known of pictures: who and what is in them, what draws the eye, what they read.

    --parts says what to look for.
    """
    from foveate.library import analyse as analysed
    from foveate.library import annotated, crops
    from foveate.service.analyse import offered

    places = for_drawing(names, draw, "--draw")
    drawing = draw is not None or show_
    wanted = (parts or (EXPLAINED if drawing else "faces")).split(",")
    offered(wanted := [part.strip() for part in wanted])
    keeps = next((by for part, by in CROPS_GO_BY.items() if part in wanted), None)
    # Crops by things and text are the asker's to name: where there are none, they need more.
    shapes = aspect or (ASPECTS if drawing and {"faces", "saliency"} & {*wanted} else ())

    def one(name: str) -> tuple[AnalysisResult, list[Crop], bytes]:
        picture = read_picture(name)
        known = analysed(picture, wanted)
        best = crops(picture, shapes, gravity=keeps) if shapes else []
        return known, best, annotated(picture, known, best) if drawing else b""

    for name, (known, best, drawn) in each(names, one):
        aside = draw is not None and not places.deliver(drawn, draw)
        if as_json:
            cut = {"crops": [crop.to_json() for crop in best]} if best else {}
            print_json(known.to_json() | cut, name, names, aside=aside)
        elif not aside:
            tell(name, known)
            if draw is not None:
                typer.echo(printable(f"Drawn to {draw}"))
        if show_ and not aside:
            show(drawn)


def tell(source: str, known: AnalysisResult) -> None:
    """Print an analysis as people read it."""
    from foveate.service.parts import OFFERED

    console = Console(highlight=False)
    console.print(printable(f"{source}  {known.size}"), markup=False)
    for name, value in known.parts.items():
        offer = OFFERED[name].offer
        if offer is not None and offer.sentence is not None:
            console.print(offer.sentence(value), markup=False)
    told = known.to_json()
    if told.get("faces"):
        console.print(face_table(told))
    if off := known.switched_off:
        console.print(f"Not guessed: {', '.join(off)}. FOVEATE_ATTRIBUTES switches them on.")
