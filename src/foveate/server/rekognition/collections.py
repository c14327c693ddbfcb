"""Collections: those of the face index."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import UnknownCollection
from foveate.people.keys import Scope
from foveate.server.rekognition.pages import start, token
from foveate.server.rekognition.problems import Kind, Refused
from foveate.service.access import counted

if TYPE_CHECKING:
    from foveate.server.rekognition.call import Call, Told

MOST: Final = 4096
ACCOUNT: Final = "000000000000"
"""There are no accounts here."""


async def create(call: Call) -> Told:
    """Make a collection that there is not."""
    call.asked.refuse("Tags")
    visit, name = call.visit(), call.collection

    def act() -> Told:
        try:
            call.people.store.collection(name)
        except UnknownCollection:
            made = visit.change(partial(call.people.make, name), lambda _: {})
            return {
                "StatusCode": 200,
                "CollectionArn": f"aws:{_place(call, name)}",
                "FaceModelVersion": made.model,
            }
        raise Refused(Kind.EXISTS, f"The collection id: {name} already exists.")

    return await call.do(act)


async def describe(call: Call) -> Told:
    """Tell what is known of a collection.

    When it was made is not kept: told is when its oldest face was, of one that has faces.
    """
    call.check()
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
    most = call.asked.whole("MaxResults", MOST, least=0, most=MOST)
    begin = start("collections", call.asked.words.get("NextToken"))

    def act() -> Told:
        seen = [
            each
            for each in call.people.collections()
            if call.caller.may(Scope.READ, each.name) and each.model
        ]
        page = seen[begin : begin + most]
        told: Told = {
            "CollectionIds": [each.name for each in page],
            "FaceModelVersions": [each.model for each in page],
        }
        if page and begin + most < len(seen):
            told["NextToken"] = token("collections", begin + most)
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
