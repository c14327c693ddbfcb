"""`POST /v1/designs/ID/edit`: a design changed by a sentence, told as it goes (SSE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from fastapi import Header
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.deadline import NEVER
from foveate.design.assistant.states import Changed
from foveate.designs.easel import Easel
from foveate.designs.editor import Editor
from foveate.errors import BadBody, DesignConflict
from foveate.ledger.purses import Purses
from foveate.people.keys import Scope
from foveate.server.designs import PATH, matched, may
from foveate.server.disconnect import unless_gone
from foveate.server.events import EventStream, event_bytes
from foveate.server.exchange import exchange_of
from foveate.server.openapi import documented
from foveate.server.routes.jobs import read_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from fastapi import FastAPI

    from foveate.design.scene.model import Scene
    from foveate.server.door import Door, Posted
    from foveate.service.kept_designs import Kept

EVENTS: Final = """\
event: asked
data: {"event":"asked","attempt":1,"model":"qwen3","template":"edit-2","view":"texts","tokens":812}

event: answered
data: {"event":"answered","attempt":1,"tokens_in":812,"tokens_out":96,"paid":0.0,"seconds":1.9}

event: changed
data: {"event":"changed","attempt":1,"repaired":[],"warned":[],"of":"2c...",...,"changes":[...]}

event: done
data: {"event":"done","attempt":1,"tokens_in":812,"tokens_out":96,"paid":0.0,"seconds":2.1}

event: kept
data: {"id":"summer-sale","version":4,"digest":"1abf...",...}

"""
_ANSWER: Final = {
    "description": "Events.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EVENTS}},
}
DOCS: Final = {
    **documented(
        "Designs",
        "Change a design by a sentence",
        "Plain words are done by rules, in milliseconds: `understood` says how they were taken, "
        "and which other pictures may be put in where one was looked for. "
        "What they do not say for certain is for the language model of "
        "`FOVEATE_ASSISTANT__BASE_URL`, or is asked back where there is none, as the event "
        '`question`; with `"model": true` it is for the model at once. Its answer is held against '
        "the request and checked, and what is wrong with it is told back to it, some times. "
        "`changed` has the change set, which `POST .../changes` takes, all of it or what somebody "
        'chooses. With `"keep": true` it is made at once, and `kept` has the new version. A '
        "failure after the first event is the event `error`. What the model costs is charged to "
        "the key, whose budget is `FOVEATE_ASSISTANT__BUDGET_DAY`. Needs the scope `write`.",
        _ANSWER,
    ),
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["request"],
                        "properties": {
                            "request": {"type": "string"},
                            "keep": {"type": "boolean", "default": False},
                            "model": {"type": "boolean", "default": False},
                            "blocks": {
                                "type": "array",
                                "items": {"type": "string"},
                                "description": "Ids of the blocks that are meant by *it*.",
                            },
                        },
                    },
                    "example": {"request": "translate it into German", "keep": True},
                }
            },
        }
    },
}


class _Said(NamedTuple):
    """What a body says."""

    request: str
    keep: bool
    model: bool
    blocks: tuple[str, ...] = ()
    """Which blocks are meant by *it*."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """One edit that is asked for."""

    door: Door
    editor: Editor
    kept: Kept
    scene: Scene
    said: _Said
    who: str

    async def events(self, _: Posted) -> AsyncGenerator[bytes]:
        """Yield what happens."""
        changed: Scene | None = None
        said = self.said
        states = self.editor.edit(
            self.scene, said.request, key=self.who, deadline=NEVER, before=said.blocks
        )
        async for state in states:
            if isinstance(state, Changed):
                changed = state.scene
            yield event_bytes(state.event, state.to_json())
        if self.said.keep and changed is not None:
            designs, made_of = self.door.designs, self.kept
            kept = await designs.works.run(
                designs.store.put, made_of.id, changed, self.who, made_of.version
            )
            yield event_bytes("kept", kept.to_json())


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""
    designs, core = door.designs, door.core
    purse = Purses(core.books, core.ledger, core.settings)
    easel = Easel(core=core, delivery=door.delivery)

    @api.post(f"{PATH}/{{design}}/edit", **DOCS)
    async def edit(
        request: Request,
        design: str,
        if_match: Annotated[
            str, Header(description="The `ETag` of the version that is meant.")
        ] = "",
    ) -> Response:
        who = may(designs, request.scope, Scope.WRITE)
        said = _said(await door.answer(request, _content, read_json, pictures=False))
        version = matched(if_match) if if_match else None
        kept, scene = await designs.works.run(designs.store.scene, design)
        if version not in {None, kept.version}:
            raise DesignConflict(f"Expected version {kept.version} of {design}, got {version}.")
        asked_of = core.settings.assistant
        editor = Editor(easel=easel, asked=asked_of, purse=purse, by_words=not said.model)
        asked = _Edit(door, editor, kept, scene, said, who)

        async def answers(send_all: Callable[[Posted], Awaitable[None]]) -> None:
            # Outside of the time of a picture: a model takes as long as its settings say.
            with exchange_of(request.scope).trace.entered():
                await unless_gone(request.receive, send_all(None))  # type: ignore[arg-type]

        return EventStream(answers, asked.events)


async def _content(posted: Posted) -> object:
    return posted.body.content


def _said(body: object) -> _Said:
    """Return what is asked for. Raises BadBody."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    blocks = told.get("blocks", [])
    said = _Said(told.get("request", ""), told.get("keep", False), told.get("model", False))
    right = isinstance(said.request, str) and bool(said.request)
    right = right and isinstance(said.keep, bool) and isinstance(said.model, bool)
    if not right or not isinstance(blocks, list) or not all(isinstance(b, str) for b in blocks):
        wanted = '"request" as text, "keep" and "model" as true or false, and "blocks" as ids'
        raise BadBody(f"Expected JSON with {wanted}.")
    return said._replace(blocks=tuple(blocks))
