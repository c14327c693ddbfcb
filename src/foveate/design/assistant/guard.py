"""What a model proposes, held against what the request lets be changed.

Texts, names and descriptions of a design are read by the model, and may say what it is to do. What
follows from them alone is refused here: a matter, a deed or a block that the request does not speak
of, an address or a number that nobody named, a locked block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.design.assistant.addresses import addresses_in
from foveate.design.assistant.asking_words import ELEMENTS, ROLES, Deed
from foveate.design.assistant.figures import is_asked, same_figures
from foveate.design.assistant.foreign import foreign_in, value_of
from foveate.design.assistant.grant import words_of
from foveate.design.assistant.quoted import says_quoted
from foveate.design.assistant.staying import meant_by, of_rest
from foveate.design.assistant.touched import DESIGN, Seen, Touched, by_id, sources_of, touched
from foveate.design.scene.elements import tag_of
from foveate.design.scene.model import Block, Decoration, Page, Role, Text
from foveate.design.scene.paint import PictureFill
from foveate.design.scene.words import Matter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.design.assistant.grant import Grant
    from foveate.design.scene.model import Scene

SHORTEST: Final = 3
"""Letters of a name by which a block is meant."""
PLACE: Final = re.compile(r"\{\{.*?\}\}")
SPEAKING: Final = frozenset({"text", "alt", "name", "src", "options"})
"""Attributes whose values may lead somewhere; numbers of others look like telephones."""
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs by which letters are read in another order than the one in which they are checked."""
LISTS: Final = ", "
MOST: Final = 12
"""Refusals that are told: the first say enough."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Holds scenes against one request about one scene."""

    before: Scene
    request: str
    grant: Grant

    def refusals(self, after: Scene) -> list[str]:
        """Return why it is not to be done, a sentence each; none where all follows from it."""
        old, new = by_id(self.before), by_id(after)
        meant, stay = self._meant(old), self._staying(old)
        told = (
            sentence
            for each in touched(old, new)
            for sentence in self._of(each, old, new, meant, stay)
        )
        return [sentence for sentence, _ in zip(dict.fromkeys(told), range(MOST), strict=False)]

    def _of(
        self,
        each: Touched,
        old: Mapping[str, Seen],
        new: Mapping[str, Seen],
        meant: frozenset[str] | None,
        stay: frozenset[str],
    ) -> Iterator[str]:
        above = (new[each.id] if each.before is None and each.id in new else old[each.id]).above
        locked = any(old[one].locked for one in (each.id, *above) if one in old)
        if each.what == "locked":
            locked = Deed.LOCK not in self.grant.deeds
        if locked:
            yield f"{each.id} is locked, or in what is locked: it stays as it is."
        elif stay & {each.id, *above}:
            yield f"The request says that {each.id} stays as it is: {each.what}."
        elif each.matter is None and (said := self._of_all(each)):
            yield said
        elif each.matter is not None and not self._lets(each):
            yield f"The request does not ask for another {each.what} of {each.id or 'the design'}."
        elif meant is not None and _is_of_one(each) and not meant & {each.id, *above}:
            wanted = LISTS.join(sorted(meant))
            yield f"The request is about {wanted}: {each.what} of {each.id} is not to be changed."
        yield from self._of_content(each)

    def _of_all(self, each: Touched) -> str:
        deeds = self.grant.deeds
        if each.what == "added" and Deed.ADD not in deeds:
            return f"The request asks for nothing new: {each.id} is not to be added."
        if each.what == "added" and _is_nothing(each.after):
            return f"Nothing is seen of {each.id}, which is to be added."
        if each.what == "removed" and Deed.REMOVE not in deeds:
            return f"The request does not ask to remove anything: {each.id} has to stay, by its id."
        if each.what == "made another element":
            return f"{each.id} has to stay the element that it is."
        if each.what == "put elsewhere" and Matter.PLACE not in self.grant.matters:
            return f"The request does not ask to put {each.id} elsewhere."
        return ""

    def _lets(self, each: Touched) -> bool:
        if each.what == "options":
            return Deed.OPTIONS in self.grant.deeds
        if _strikes(each):
            return Deed.STRIKE in self.grant.deeds
        if each.what == "locked":
            return Deed.LOCK in self.grant.deeds
        if each.what == "lang":
            return self.grant.translates
        if each.what in {"width", "height", "dpi"} and each.id in self._sheets():
            return False
        return each.matter in self.grant.matters

    def _sheets(self) -> set[str]:
        return {DESIGN, *(page.id for page in self.before.pages)}

    def _of_content(self, each: Touched) -> Iterator[str]:
        """Yield what is wrong with the words and addresses that would be there."""
        known = self.grant.addresses | _addresses(each.what, each.before)
        if each.what == "added":
            shown = (_shown(seen.element) for seen in by_id(self.before).values())
            known = known.union(*shown)
            yield from self._of_added_words(each)
        foreign = {one for one in _addresses(each.what, each.after) - known if not self._says(one)}
        if foreign:
            named = LISTS.join(sorted(foreign))
            yield f"Nobody asked for {named}: {each.id} must not lead there, or show it."
        turning = _turning(each.what, each.after) - _turning(each.what, each.before)
        if turning - set(self.request):
            yield f"Nobody asked for signs that turn the order of letters: {each.id} has some."
        if self.grant.translates and each.what == "text" and _other_places(each.before, each.after):
            yield f"The {{{{words}}}} of {each.id} have to stay as they are: {each.before!r}."
        if each.what == "text" and not self._says_figures(each):
            yield f"The numbers of {each.id} have to stay as they are: {each.before!r}."

    def _of_added_words(self, each: Touched) -> Iterator[str]:
        """Yield what an added text says that is not what the request quotes."""
        words = each.after.words if isinstance(each.after, Text) else ""
        texts = (seen.element for seen in by_id(self.before).values())
        known = [text.words for text in texts if isinstance(text, Text)]
        if words.strip() and not says_quoted(self.request, words, known):
            yield f"{each.id} is to say what the request quotes, and no more."

    def _says_figures(self, each: Touched) -> bool:
        """Return whether a text says the numbers that it said, or others that are asked for."""
        if same_figures(each.before, each.after):
            return True
        return not self.grant.translates and is_asked(self.request, each.before, each.after)

    def _says(self, address: str) -> bool:
        """Return whether the request has an address, or what an option says, by itself."""
        address = value_of(address)
        around = rf"(?<![\w./:-]){re.escape(address)}(?![\w/-]|[.:]\w)"
        return re.search(around, self.request) is not None

    def _meant(self, old: Mapping[str, Seen]) -> frozenset[str] | None:
        """Return the blocks that the request names; None where it is of all, or names none.

        A name that nobody has, such as of a role without a block, restricts nothing.
        """
        if self.grant.everywhere:
            return None
        named = self._named(self.grant.orders, old)
        if not named:
            elements = words_of(self.grant.orders, ELEMENTS)
            named = {block.id for block in _blocks(old) if tag_of(block).name in elements}
        return frozenset(named) or None

    def _named(self, words: str, old: Mapping[str, Seen]) -> set[str]:
        """Return the blocks of which some words say the id, the name or the role."""
        roles, blocks = words_of(words, ROLES), _blocks(old)
        named = {block.id for block in blocks if _says_name(words, block)}
        named |= {
            block.id for block in blocks if block.role is not Role.NONE and block.role in roles
        }
        return named | (self._sheets() - {DESIGN} if Role.BACKGROUND in roles else set())

    def _staying(self, old: Mapping[str, Seen]) -> frozenset[str]:
        """Return the blocks that the request says are to stay as they are."""
        grant = self.grant
        named = self._named(grant.orders, old) if grant.kept else set()
        found = {piece: meant_by(self.before, piece) for piece in (*grant.kept, *grant.excepted)}
        stay = {
            id_
            for piece, ids in found.items()
            for id_ in (ids or self._named(piece, old))
            if piece in grant.excepted or id_ not in named
        }
        if any(map(of_rest, grant.kept)) and (named or Deed.ADD in grant.deeds):
            around = {one for id_ in named for one in old[id_].above}
            inside = {id_ for id_, seen in old.items() if named & {*seen.above}}
            stay |= {block.id for block in _blocks(old)} - named - around - inside
        return frozenset(stay - self._sheets())


def _blocks(old: Mapping[str, Seen]) -> list[Block]:
    return [seen.element for seen in old.values() if isinstance(seen.element, Block)]


def _says_name(words: str, block: Block) -> bool:
    """Return whether a block is called by its id or its name."""
    return any(
        re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words.casefold())
        for name in (block.id, block.name)
        if len(name) >= SHORTEST
    )


def _is_nothing(element: Any) -> bool:  # noqa: ANN401 - a block or a page
    """Return whether a block is added so that nobody sees it."""
    if not isinstance(element, Block):
        return False
    empty = isinstance(element, Text) and not element.words.strip() and element.fill is None
    return element.hidden or element.opacity <= 0 or empty


def _strikes(each: Touched) -> bool:
    """Return whether words are struck out, or those that were are not any more."""
    if each.what == "decoration":
        return Decoration.LINE_THROUGH in {each.before, each.after}
    looks = each.after if each.what == "runs' letters" else ()
    return any(Decoration.LINE_THROUGH in look for look in looks)


def _is_of_one(each: Touched) -> bool:
    """Return whether only what is named may be changed so; its neighbours may make room for it."""
    return each.matter not in {Matter.PLACE, None} or each.what == "removed"


def _other_places(before: str, after: str) -> bool:
    """Return whether what a row fills in is another: `{{price}}` is no word of a language."""
    return sorted(PLACE.findall(before)) != sorted(PLACE.findall(after))


def _addresses(what: str, value: Any) -> set[str]:  # noqa: ANN401 - what fields of a scene hold
    """Return all that leads somewhere in what is there, or would be."""
    if isinstance(value, Block | Page):
        return _of_all(value)
    if isinstance(value, PictureFill):
        return {value.src} | foreign_in(value.options)
    if not isinstance(value, str) or what not in SPEAKING:
        return set()
    if what == "src":
        return {value} if value else set()
    return foreign_in(value) if what == "options" else addresses_in(value)


def _of_all(element: Block | Page) -> set[str]:
    """Return it of an element by itself: what is inside is new, or gone, as well."""
    return _shown(element).union(*map(addresses_in, (element.id, *_said_by(element))))


def _said_by(element: Block | Page) -> tuple[str, ...]:
    """Return all words of an element by itself."""
    words = element.words if isinstance(element, Text) else ""
    return element.name, getattr(element, "alt", ""), words


def _turning(what: str, value: Any) -> set[str]:  # noqa: ANN401 - what fields of a scene hold
    """Return the signs in what is there, or would be, by which letters are read otherwise."""
    said = _said_by(value) if isinstance(value, Block | Page) else (value,)
    speaks = what in SPEAKING or isinstance(value, Block | Page)
    return {
        sign for each in said if speaks and isinstance(each, str) for sign in TURNING.findall(each)
    }


def _shown(element: object) -> set[str]:
    """Return what an element shows from elsewhere: sources, and what options lay over them."""
    fill = getattr(element, "fill", None)
    options = fill.options if isinstance(fill, PictureFill) else ""
    return sources_of(element) | foreign_in(getattr(element, "options", "")) | foreign_in(options)
