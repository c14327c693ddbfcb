"""`foveate analyse`: everything that is known of a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.pictures import AsJson, Source, check_ending

EXPLAINED: Final = "faces,saliency,matte"
"""What a drawing shows unless other parts are asked for."""
ASPECTS: Final = ("1:1", "4:5", "9:16", "16:9")


def analyse(
    source: Source,
    parts: Annotated[
        str | None,
        typer.Option(help="faces, saliency, matte, attributes, embedding; faces by default."),
    ] = None,
    draw: Annotated[
        Path | None,
        typer.Option(help="Write the picture with all of it drawn on it as PNG, crops as well."),
    ] = None,
    aspect: Annotated[
        list[str] | None, typer.Option(help="An aspect ratio whose crop the drawing shows.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is known of a picture: faces, what draws the eye, the subject, attributes."""
    from foveate.library import analyse as analysed
    from foveate.library import crops, default_app, read

    if draw is not None:
        check_ending(draw, "image/png")
    data = read(source, default_app().settings)
    wanted = (parts or (EXPLAINED if draw else "faces")).split(",")
    known: dict[str, Any] = analysed(data, [part.strip() for part in wanted])
    best = crops(data, aspect or ASPECTS) if draw or aspect else []
    if best:
        known["crops"] = [crop.to_json() for crop in best]
    if draw is not None:
        from foveate.service.annotate import annotated

        draw.write_bytes(annotated(data, known, default_app().settings.limits, crops=best))
    if as_json:
        typer.echo(json.dumps(known, indent=2))
        return
    tell(source, known)
    if draw is not None:
        typer.echo(f"Drawn to {draw}")


def tell(source: str, known: dict[str, Any]) -> None:
    """Print an analysis as people read it."""
    console = Console(highlight=False)
    console.print(f"{source}  {known['width']}x{known['height']}", markup=False)
    if "saliency" in known:
        x, y = known["saliency"]["point"]
        console.print(f"The eye goes to {x:.0%} of the width and {y:.0%} of the height.")
    if "matte" in known:
        console.print(f"The subject covers {known['matte']['coverage']:.0%} of the picture.")
    if "embedding" in known:
        count = len(known["embedding"])
        console.print(f"{count} embedding{'s' * (count != 1)}; --json has them.")
    if "faces" in known:
        console.print(faces_table(known) if known["faces"] else "No face was found.")
    if off := known.get("switched_off"):
        console.print(f"Not guessed: {', '.join(off)}. FOVEATE_ATTRIBUTES switches them on.")


def faces_table(known: dict[str, Any]) -> Table:
    """Return the faces, a row each, with what was read of them."""
    from foveate.service.annotate import label_of

    read = known.get("attributes") or [{}] * len(known["faces"])
    table = Table(box=SIMPLE_HEAD)
    for name in ("#", "score", "left", "top", "width", "height"):
        table.add_column(name, justify="right")
    for name in ("yaw", "quality", "live") if "attributes" in known else ():
        table.add_column(name, justify="right")
    table.add_column("guess" if any(label_of(row) for row in read) else "")
    for number, (face, row) in enumerate(zip(known["faces"], read, strict=True), 1):
        box = (f"{face['box'][side]:.0f}" for side in ("left", "top", "width", "height"))
        more = (
            (
                f"{row['pose']['yaw']:+.0f}°",
                f"{row['quality']['score']:.2f}",
                f"{row['liveness']:.2f}",
            )
            if row
            else ()
        )
        table.add_row(str(number), f"{face['score']:.3f}", *box, *more, label_of(row))
    return table
