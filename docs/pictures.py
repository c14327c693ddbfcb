"""Make the pictures of the docs with Foveate's own options, from its sample photos."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import foveate
from foveate.background import default_app
from foveate.design.filling import Filling
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.drawing.canvas import with_marks
from foveate.imaging.drawing.lettering import lettering
from foveate.imaging.drawing.sheet import contact_sheet
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import brought_to, to_array
from foveate.imaging.unrecognisable import few_colours, unrecognisable
from foveate.library import annotated, drawn_selection
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import catalogue, where
from foveate.options.styles import Style
from foveate.service.crops import sheet_of
from foveate.service.formats import wanted
from foveate.service.pointed import pointed
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent / "images"
WEBP = EncodeOptions(format="webp", quality=86)
SIDE, TALL, SMALL, GAP = 440, 248, 210, 20
CROPS = (
    (SIDE + GAP, 0, TALL, SIDE, 0.35),
    (SIDE + TALL + 2 * GAP, 0, SIDE, SMALL, 0.4),
    (SIDE + TALL + 2 * GAP, SMALL + GAP, SMALL, SMALL, 0.55),
    (SIDE + TALL + SMALL + 3 * GAP, SMALL + GAP, SMALL, SMALL, 0.75),
)
"""Left, top, width, height and zoom of each crop on the sheet."""


def sample(name: str) -> str:
    """Return where a sample photo lies."""
    models = load().models
    (card,) = choose(catalogue(models), [name])
    return str(where(card, models))


def face_crops() -> bytes:
    """Return a photo beside four crops of it: the photo's own border is the sheet."""
    photo = sample("astronaut")
    draw = [
        {
            "url": photo,
            "left": left,
            "top": top,
            "width": width,
            "height": height,
            "fit": "cover",
            "gravity": "face",
            "zoom": zoom,
        }
        for left, top, width, height, zoom in CROPS
    ]
    border = {"color": "white", "top": 0, "bottom": 0, "left": 0, "right": TALL + SIDE + 2 * GAP}
    options = {"width": SIDE, "border": border, "draw": draw, "format": "webp", "quality": 86}
    return foveate.render(photo, options).data


CUT_OUTS = (
    ("on a colour, with a shadow", "background=%23bdd,segment.shadow=0.5"),
    ("out of focus", "segment.background=blur"),
    ("the matte", "segment.output=matte"),
    ("the face hidden", "redact=faces"),
)
"""What stands below a picture, and the options that made it."""


def sheet(photo: str, rows: Sequence[tuple[str, str]]) -> bytes:
    """Return renditions of one photo side by side, captioned."""
    made = [(name, foveate.render(photo, f"{text},width=480,format=png")) for name, text in rows]
    shown = [(name, text_of(rows, name), opened(each.data)) for name, each in made]
    return encode(contact_sheet(shown, 1500), WEBP)


def text_of(rows: Sequence[tuple[str, str]], name: str) -> str:
    """Return the options behind a caption."""
    return dict(rows)[name].replace("%23", "#")


def opened(data: bytes) -> Image:
    """Return a rendition's pixels."""
    return Image.new_from_buffer(data, "")


def formats() -> bytes:
    """Return the contact sheet of a set of formats."""
    photo = foveate.read(sample("astronaut"))
    crops = foveate.crops(photo, wanted([], ["social"]))
    pictures = [(crop, foveate.render(photo, crop.options)) for crop in crops]
    return encode(opened(sheet_of(pictures, default_app().settings.limits)), WEBP)


def explained() -> bytes:
    """Return one photo with all that is seen of it."""
    photo = foveate.read(sample("astronaut"))
    known = foveate.analyse(photo, ["faces", "saliency", "matte"])
    crops = foveate.crops(photo, ["1:1", "4:5", "9:16", "16:9"])
    return encode(opened(annotated(photo, known, crops)), WEBP)


def moderated() -> bytes:
    """Return harmless photos beside what would be left of them, were they flagged."""
    shown = []
    for name in ("astronaut", "coffee"):
        whole = opened(foveate.render(sample(name), "width=480,format=png").data)
        size = Size(whole.width, whole.height)
        few = to_array(brought_to(whole, few_colours(size)))
        shown += [
            (name, "as it is", whole),
            ("moderate=blur", "were it flagged", opened(unrecognisable(few, size))),
        ]
    return encode(contact_sheet(shown, 1500), WEBP)


def things() -> bytes:
    """Return one photo with the things in it, a crop around one of them, and one hidden."""
    photo, side = foveate.read(sample("coffee")), "width=480,height=480,fit=cover,format=png"
    seen = foveate.analyse(photo, ["objects"])
    made = [
        ("what is seen", "parts=objects", annotated(photo, seen)),
        *(
            (name, text, foveate.render(photo, f"{text},{more}").data)
            for name, text, more in (
                ("a crop by class", "gravity=object:cup,zoom=0.9", side),
                ("one class hidden", "redact=object:cup", "width=720,format=png"),
            )
        ),
    ]
    shown = [(name, text, opened(data)) for name, text, data in made]
    return encode(contact_sheet(shown, 1500), WEBP)


SIGN = (
    ("Fresh coffee", 24, 384, 52, -4.0),
    ("Open 9-17", 424, 52, 32, 0.0),
)
"""What is written on the cup: text, left, baseline, size in pixels and turn in degrees."""


def sign() -> bytes:
    """Return a sample photo with two lines written on it, in strokes of our own, as PNG."""
    photo = Image.new_from_file(sample("coffee"))
    marks = "".join(
        f'<g transform="rotate({turn} {left} {base})">'
        + lettering(text, (left, base), size, "#fff", bold=True)
        + "</g>"
        for text, left, base, size, turn in SIGN
    )
    return encode(with_marks(photo, marks), EncodeOptions(format="png", quality=100))


def text() -> bytes:
    """Return that photo as it is read, cropped by its text, and with the text hidden."""
    photo = foveate.read(sign())
    known = foveate.analyse(photo, ["text"])
    rows = (
        ("gravity=text", "width=480,height=480,fit=cover,gravity=text"),
        ("gravity=auto", "width=480,height=480,fit=cover,gravity=auto"),
        ("redact=text", "redact=text,width=480"),
    )
    made = [(name, "", opened(foveate.render(photo, f"{o},format=png").data)) for name, o in rows]
    seen = ("parts=text", "as it is read", opened(annotated(photo, known, ())))
    return encode(contact_sheet([seen, *made], 1500), WEBP)


def tagged() -> bytes:
    """Return photos with what is said of them."""
    shown = []
    for name in ("chelsea", "coffee", "rocket"):
        photo = foveate.read(sample(name))
        said = foveate.analyse(photo, ["tags", "faces", "objects"])["tags"]
        words = ", ".join(f"{tag.label} {tag.score:.2f}" for tag in said.labels[:4])
        made = foveate.render(photo, "width=480,height=320,fit=cover,gravity=auto,format=png")
        shown.append((said.alt, words, opened(made.data)))
    return encode(contact_sheet(shown, 1500), WEBP)


def classes() -> bytes:
    """Return cut-outs by class and by face, on a colour that none of the photos has."""
    asked = (
        ("astronaut", "segment.person=face:1"),
        ("coffee", "segment.keep=cup"),
        ("chelsea", "segment.keep=cat|dog"),
    )
    more = "width=480,height=400,fit=pad,background=teal,format=png"
    shown = [
        (text, name, opened(foveate.render(sample(name), f"{text},{more}").data))
        for name, text in asked
    ]
    return encode(contact_sheet(shown, 1500), WEBP)


PARTS = (
    ("astronaut", "trim.left=150,trim.top=60,trim.width=170,trim.height=114,format=png"),
    ("coffee", "trim.left=180,trim.top=130,trim.width=170,trim.height=114,format=jpeg,quality=40"),
)
"""Small pictures to enlarge: parts of photos, and how each is kept."""
NIGHT = [27.0, 28.0, 32.0]
"""What is between pictures, as on contact sheets."""


def enlarged() -> bytes:
    """Return small pictures at four times their sides: interpolated left, generated right."""
    larger = "width=680,height=456,fit=cover,format=png,upscale="
    small = [foveate.render(sample(name), options).data for name, options in PARTS]
    made = [
        opened(foveate.render(picture, f"{larger}{how}").data)
        for picture in small
        for how in ("interpolate", "generate")
    ]
    return encode(Image.arrayjoin(made, across=2, shim=16, background=NIGHT), WEBP)


EFFECTS = (
    ("out of focus", "astronaut", "effect.lens=12,mask=subject,effect.invert=true"),
    ("without colour", "astronaut", "effect.grayscale=true,mask=subject,effect.invert=true"),
    ("in squares", "astronaut", "effect.pixelate=30,mask=face"),
    (
        "tilt-shift",
        "coffee",
        "effect.lens=10,mask=line:0.5x0.05x0.5x0.4|line:0.5x1x0.5x0.7",
    ),
    ("in two tones", "coffee", "effect.duotone=%23141e46:%23ffcf9a"),
    ("by class", "coffee", "effect.grayscale=true,mask=object:cup,effect.invert=true"),
)
"""What stands below a sample photo, and what is done to it."""


def effects() -> bytes:
    """Return photos of which a part was changed, with the options that did it."""
    more = "width=720,height=540,fit=cover,gravity=auto,format=png"
    made = [
        (name, text.replace("%23", "#"), foveate.render(sample(photo), f"{text},{more}"))
        for name, photo, text in EFFECTS
    ]
    shown = [(name, text, opened(each.data)) for name, text, each in made]
    return encode(contact_sheet(shown, 1500), WEBP)


CLICK = (0.55, 0.5)
"""On the cat of the sample photo."""


def selected() -> bytes:
    """Return what a click on a cat selects, and what is made with its mask."""
    photo = foveate.read(sample("chelsea"))
    found, asked = foveate.select(photo, [CLICK]), pointed([CLICK])
    by_mask = (
        (
            "what is behind it",
            f"effect.duotone=%230b1030:%23ff9a7a,effect.invert=true,mask={found.mask}",
        ),
        ("cut out", f"segment=foreground,background=teal,mask={found.mask}"),
    )
    made = [
        (name, "", opened(foveate.render(photo, f"{text},width=600,format=png").data))
        for name, text in by_mask
    ]
    drawn = opened(drawn_selection(photo, found, asked))
    seen = ("one click", f"{found.best.area:.0%} of the picture", drawn)
    return encode(contact_sheet([seen, *made], 1500), WEBP)


ADAPTED = {"left": 225, "top": 170, "width": 225, "height": 130}
"""Of the coffee at 450 pixels: cup and spoon, which people look at, and wood, which nobody does."""


def adapted() -> bytes:
    """Return a part of one photo at twice its size, as it is and smoothed where nobody looks."""
    shown = []
    for how in ("off", "light", "strong"):
        made = foveate.render(sample("coffee"), f"width=450,format=webp,adaptive={how}")
        part = opened(made.data).crop(*ADAPTED.values())
        large = brought_to(part, Size(2 * part.width, 2 * part.height))
        shown.append((f"adaptive={how}", f"{len(made.data):,} bytes", large))
    return encode(contact_sheet(shown, 1500), WEBP)


REFOCUSED = (
    ("coffee", "as it is", "width=600"),
    ("coffee", "refocus=auto", "width=600,refocus=auto,refocus.aperture=1.4"),
    ("coffee", "refocus=0.5x0.15", "width=600,refocus=0.5x0.15,refocus.aperture=1.4"),
    ("astronaut", "as it is", "width=400"),
    ("astronaut", "refocus=face", "width=400,refocus=face,refocus.aperture=1.4"),
    ("astronaut", "light=1", "width=400,light=1"),
)


def refocused() -> bytes:
    """Return photos as they are, refocused and relit."""
    shown = [
        (said, name, opened(foveate.render(sample(name), f"{text},format=png").data))
        for name, said, text in REFOCUSED
    ]
    return encode(contact_sheet(shown, 1500), WEBP)


def behind() -> bytes:
    """Return depth as a map, and a word that stands behind somebody."""
    photo = sample("astronaut")
    word = lettering("COLLINS", (6, 120), 104, "#ffffff", bold=True)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="512" height="150">{word}</svg>'
    with TemporaryDirectory() as folder:
        path = Path(folder, "word.svg")
        path.write_text(svg)
        drawn = {"url": str(path), "top": 12, "left": 0}
        asked = (
            ("segment.output=depth", {"segment": {"output": "depth"}}),
            ("draw", {"draw": [drawn]}),
            ('draw, "behind": "subject"', {"draw": [{**drawn, "behind": "subject"}]}),
        )
        shown = [
            (said, "", opened(foveate.render(photo, {**options, "format": "png"}).data))
            for said, options in asked
        ]
    return encode(contact_sheet(shown, 1500), WEBP)


SQUARE = "width=560,height=560,fit=cover,gravity=auto,format=png"
ASKED = (
    ("astronaut", "style=poster", "style.color=seagreen"),
    ("astronaut", "style=stencil", "style.color=rebeccapurple"),
    ("astronaut", "style=paper-cut", "style.background=peru"),
    ("chelsea", "style=poster", ""),
    ("chelsea", "style=low-poly", ""),
    ("coffee", "style=ink", ""),
    ("coffee", "style=neon", ""),
)
"""Samples, styles of them, and details."""


def styled(name: str, style: str, detail: str = "") -> tuple[str, str, Image]:
    """Return a sample in a style, captioned."""
    made = foveate.render(sample(name), f"{style},{detail},{SQUARE}")
    return style, detail, opened(made.data)


def styles() -> bytes:
    """Return one photo in every style."""
    shown = [styled("astronaut", f"style={style}") for style in Style]
    return encode(contact_sheet(shown, 1500), WEBP)


def styles_asked() -> bytes:
    """Return sample photos in styles, with colours that are asked for."""
    return encode(contact_sheet([styled(*asked) for asked in ASKED], 1500), WEBP)


ROWS = (
    ("Summer sale", "49 €", "#e8590c", "astronaut", "gravity=face"),
    ("Cats for rent", "19 €", "#2b8a3e", "chelsea", "gravity=auto"),
    ("A second cup of coffee", "3 €", "#1971c2", "coffee", "gravity=auto"),
)
"""What the design of the guide is filled in with."""


def designs() -> bytes:
    """Return the design of the guide, filled in with three rows."""
    guide = (HERE.parent / "guides/designs.md").read_text()
    design = foveate.Design.read(guide.split("```xml\n")[1].split("```")[0])
    fill, shown = Filling.of(design.scene, HERE), []
    for title, price, ink, name, options in ROWS:
        values = {"title": title, "price": price, "price.fill": ink, "photo": sample(name)}
        scene = fill({**values, "photo.options": options})
        made = foveate.Design(scene).render("png", scale=0.5)
        shown.append((f"title={title}", f"price.fill={ink}", opened(made.data)))
    return encode(contact_sheet(shown, 1500), WEBP)


PICTURES = {
    "designs": designs,
    "face-crops": face_crops,
    "cut-outs": lambda: sheet(sample("astronaut"), CUT_OUTS),
    "contact-sheet": formats,
    "explained": explained,
    "moderated": moderated,
    "objects": things,
    "classes": classes,
    "effects": effects,
    "select": selected,
    "text": text,
    "enlarged": enlarged,
    "tags": tagged,
    "adaptive": adapted,
    "refocus": refocused,
    "behind": behind,
    "styles": styles,
    "styles-asked": styles_asked,
}

if __name__ == "__main__":
    # The cut-outs show the level `balanced`, whose licence is acknowledged for these pictures.
    os.environ["FOVEATE_MODELS__ACKNOWLEDGED_LICENCES"] = "AGPL-3.0"
    HERE.mkdir(exist_ok=True)
    for name, make in PICTURES.items():
        (HERE / f"{name}.webp").write_bytes(make())
