"""A design as programs have it: read, drawn, compared and changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from foveate.background import awaited, default_app, streamed, waited
from foveate.deadline import NEVER
from foveate.design import in_json
from foveate.design.assistant.states import Changed, Question
from foveate.design.brand.adapting import adapt
from foveate.design.brand.reading import read_brand
from foveate.design.changes.applying import apply
from foveate.design.changes.difference import difference
from foveate.design.changes.in_json import changes_from_json, changes_to_json
from foveate.design.changes.merging import merge
from foveate.design.checks.checking import Checks
from foveate.design.filling import Filling
from foveate.design.importing.files import MOST_BYTES, import_design
from foveate.design.nodes.limits import USUAL
from foveate.design.resizing.mended import resize_mended
from foveate.design.xml import reading, writing
from foveate.designs.easel import OwnEasel
from foveate.designs.editor import Editor
from foveate.designs.looks import eyes_of, looks_of, measured
from foveate.designs.rebased import rebased
from foveate.errors import EditRefused
from foveate.service.draw import Drawing, check_scale, format_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from foveate.app import App
    from foveate.design.assistant.states import State
    from foveate.design.changes.merging import Conflict
    from foveate.design.checks.model import Finding, Looks
    from foveate.design.importing.imported import Imported
    from foveate.design.scene.model import Scene
    from foveate.rendition import Rendition

    T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Design:
    """A design: `Design.open("poster.xml").render("png").save("poster.png")`.

    It is a value: what changes it returns another one.
    """

    scene: Scene
    folder: Path | None = field(default=None, compare=False)
    """Where its pictures lie that are names of files; None is the folder of the program."""

    @classmethod
    def open(cls, file: str | Path) -> Design:
        """Return the design in a file of XML or JSON; its pictures are looked for beside it.

        Raises BadDesign, DesignTooLarge, OSError.
        """
        path = Path(file)
        with path.open("rb") as opened:
            return cls(read_design(opened.read(USUAL.bytes + 1)), path.absolute().parent)

    @classmethod
    def imported(
        cls, file: str | Path, *, kind: str = "", app: App | None = None
    ) -> tuple[Design, Imported]:
        """Return the design in a file of SVG or Figma's JSON, and what is otherwise in it.

        Pictures that the file holds are among what is returned, by their names: they are to be
        written where the design is. Raises BadDesign, DesignTooLarge, OSError.
        """
        path, typefaces = Path(file), (app or default_app()).draughtsman.fonts.typefaces
        with path.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        folder = path.absolute().parent
        eyes = replace(eyes_of(typefaces), beside=lambda name: (folder / name).is_file())
        made = import_design(data, kind, eyes)
        return cls(made.scene, folder), made

    @classmethod
    def read(cls, text: str | bytes) -> Design:
        """Return the design of a text of XML or JSON. Raises BadDesign, DesignTooLarge."""
        return cls(read_design(text))

    @property
    def xml(self) -> str:
        """Return it in its one spelling. Raises DesignTooLarge where nobody could read it again."""
        return writing.bounded(self.scene)

    def xml_in(self, folder: Path) -> str:
        """Return it as a file in a folder says it: pictures that lie elsewhere by the way there.

        Raises DesignTooLarge where nobody could read it again.
        """
        return writing.bounded(rebased(self.scene, self.folder or Path(), folder))

    @property
    def json(self) -> dict[str, Any]:
        """Return it as objects and lists."""
        return in_json.scene_to_json(self.scene)

    @property
    def digest(self) -> str:
        """Return by what this version of it is known."""
        return writing.digest(self.scene)

    def render(
        self,
        format: str = "png",  # noqa: A002 - the word that it is everywhere
        *,
        page: str | int = "",
        scale: float = 1.0,
        quality: int | None = None,
        app: App | None = None,
    ) -> Rendition:
        """Return it as png, jpeg, webp, avif, pdf or svg. Raises FoveateError."""
        drawing = Drawing(format_named(format), str(page), check_scale(scale), quality)
        return waited(_drawn(app or default_app(), self, drawing))

    async def render_async(
        self,
        format: str = "png",  # noqa: A002
        *,
        page: str | int = "",
        scale: float = 1.0,
        quality: int | None = None,
        app: App | None = None,
    ) -> Rendition:
        """Return the same as `render`, without holding up the event loop that awaits it."""
        drawing = Drawing(format_named(format), str(page), check_scale(scale), quality)
        return await awaited(_drawn(app or default_app(), self, drawing))

    def check(self, *, app: App | None = None) -> tuple[Finding, ...]:
        """Return what the checks of edits say of it as it is. Raises BadInstallation."""
        found = waited(
            _looked(app or default_app(), self, lambda looks: Checks(looks).of(self.scene))
        )
        return found.findings

    def edit(
        self, request: str, *, model: str = "", pictures: str = "", app: App | None = None
    ) -> Design:
        """Return it after what was asked for in words: by rules, or by a language model.

        The model of the settings is asked what rules do not understand; a `model` that is named
        here is asked alone. `pictures` is a folder in which those are looked for that are
        described, in place of that of the settings. Raises EditRefused, also for what has to be
        asked back, AssistantAway, AssistantRefused, and UnsupportedOption for a model where no
        address is set.
        """
        scene = self.scene
        for state in self.editing(request, model=model, pictures=pictures, app=app):
            if isinstance(state, Question):
                raise EditRefused(state.said, reasons=(state.said,))
            if isinstance(state, Changed):
                scene = state.scene
        return Design(scene, self.folder)

    def resized(self, to: str, *, app: App | None = None) -> tuple[Design, tuple[str, ...]]:
        """Return it in another size, and what could not be kept, a sentence each.

        A size is a name (`youtube-thumbnail`, `a5`), a ratio (`16:9`) or two lengths
        (`1200x628`). Raises BadRequest for another, and FontsMissing.
        """
        app = app or default_app()
        measures = partial(measured, app.draughtsman.fonts.typefaces)
        made = waited(_looked(app, self, partial(resize_mended, self.scene, to, measures)))
        return Design(made.scene, self.folder), made.remarks

    def branded(self, brand: str, *, app: App | None = None) -> tuple[Design, tuple[str, ...]]:
        """Return it in the colours, fonts and logo of a brand of TOML, and what is to be known.

        Raises BadDesign for a brand that is none.
        """
        made = waited(
            _looked(app or default_app(), self, partial(adapt, self.scene, read_brand(brand)))
        )
        return Design(made.scene, self.folder), made.remarks

    def editing(
        self, request: str, *, model: str = "", pictures: str = "", app: App | None = None
    ) -> Iterator[State]:
        """Return what happens while it is edited, as it happens. Raises as `edit`."""
        return streamed(partial(_edited, app or default_app(), self, request, (model, pictures)))

    def filled(self, values: Mapping[str, str]) -> Design:
        """Return it with values for its blocks, by id or name, and its {{words}}.

        As a row of a batch: `filled({"title": "Summer sale", "price.fill": "#e8590c"})`. Raises
        BadOption, BadDesign.
        """
        fill = Filling.of(self.scene, self.folder or Path())
        fill.check(values)
        return Design(fill(values), self.folder)

    def changes_to(self, other: Design) -> dict[str, Any]:
        """Return what makes it another one: a change set, with a sentence for each change."""
        return changes_to_json(difference(self.scene, other.scene))

    def with_changes(self, changes: Mapping[str, Any]) -> Design:
        """Return it with all changes of a set made. Raises BadChange, DesignConflict, BadDesign."""
        return Design(apply(self.scene, changes_from_json(changes)), self.folder)

    def merged(self, ours: Design, theirs: Design) -> tuple[Design, tuple[Conflict, ...]]:
        """Return what two later versions of it make together, and what of theirs is left out."""
        mine, others = (difference(self.scene, each.scene) for each in (ours, theirs))
        made = merge(self.scene, mine, others)
        return Design(made.scene, ours.folder), made.conflicts


def read_design(text: str | bytes) -> Scene:
    """Return the scene of a text of XML or JSON. Raises BadDesign, DesignTooLarge."""
    start = text.lstrip()[:1]
    return in_json.loads(text) if start in {"{", b"{"} else reading.loads(text)


async def _drawn(app: App, design: Design, drawing: Drawing) -> Rendition:
    return await OwnEasel.of(app, design.folder).draw(design.scene, drawing)


async def _looked(app: App, design: Design, work: Callable[[Looks], T]) -> T:
    """Return what comes of work that looks at a design's pictures and letters."""
    easel = OwnEasel.of(app, design.folder)
    loop = asyncio.get_running_loop()
    return await easel.threads.while_awaited(lambda: work(looks_of(easel, loop)))


async def _edited(
    app: App, design: Design, request: str, how: tuple[str, str], tell: Callable[[State], None]
) -> None:
    asked, (model, pictures) = app.settings.assistant, how
    editor = Editor(
        easel=OwnEasel.of(app, design.folder),
        asked=replace(asked, model=model or asked.model),
        by_words=not model,
        pictures=pictures,
        beside=design.folder or Path(),
    )
    async for state in editor.edit(design.scene, request, key="", deadline=NEVER):
        tell(state)
