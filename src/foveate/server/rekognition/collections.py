"""Collections: those of the face index."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import OtherModel
from foveate.people.keys import Scope
from foveate.server.rekognition.asked import MOST
from foveate.server.rekognition.pages import after, token
from foveate.server.rekognition.problems import Kind, Refused
from foveate.service.access import counted

if TYPE_CHECKING:
    from foveate.server.rekognition.call import Call, Told

ACCOUNT: Final = "000000000000"
"""There are no accounts here."""


async def create(call: Call) -> Told:
    """Make a collection that there is not."""
    call.asked.refuse("Tags")
    visit, name = call.visit(), call.collection

    def act() -> Told:
        visit.change(partial(_make, call, name), lambda _: {})
        return {
            "StatusCode": 200,
            "CollectionArn": f"aws:{_place(call, name)}",
            "FaceModelVersion": call.people.model,
        }

    return await call.do(act)


def _make(call: Call, name: str) -> None:
    """Make it. Raises Refused where it is there, also with another network's faces."""
    with suppress(OtherModel):
        if call.people.store.create(name, call.people.model):
            return
    raise Refused(Kind.EXISTS, f"The collection id: {name} already exists.")


async def describe(call: Call) -> Told:
    """Tell what is known of a collection.

    When it was made is not kept: told is when its oldest face was, of one that has faces.
    """
    name = call.collection

    def act() -> Told:
        found = call.people.store.collection(name)
        told: Told = {
            "CollectionARN": f"arn:aws:{_place(call, name)}",
            "FaceCount": found.faces,
            "FaceModelVersion": found.model,
        }
        if oldest := call.people.told(name, limit=1):
            told["CreationTimestamp"] = oldest[0].added
        return told

    return await call.do(act)


async def listed(call: Call) -> Told:
    """List the collections that the key may read."""
    most = call.asked.whole("MaxResults", MOST, least=0)
    (last,) = after("collections", call.asked.words.get("NextToken"), str) or ("",)

    def act() -> Told:
        seen = [
            each
            for each in call.people.collections()
            if call.caller.may(Scope.READ, each.name) and each.model and each.name > last
        ]
        page = seen[:most]
        told: Told = {
            "CollectionIds": [each.name for each in page],
            "FaceModelVersions": [each.model for each in page],
        }
        if page and len(seen) > most:
            told["NextToken"] = token("collections", page[-1].name)
        return told

    return await call.do(act)


async def delete(call: Call) -> Told:
    """Erase a collection with everything in it."""
    visit, name = call.visit(), call.collection

    def act() -> Told:
        visit.change(partial(call.people.drop, name), counted, sync=True)
        return {"StatusCode": 200}

    return await call.do(act)


def _place(call: Call, name: str) -> str:
    return f"rekognition:{call.region}:{ACCOUNT}:collection/{name}"
