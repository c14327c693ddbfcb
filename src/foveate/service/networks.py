"""The networks that parts look with, each made on first use from the sessions of its cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from foveate.errors import WeightsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from foveate.ports import Session
    from foveate.settings import Settings

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Network(Generic[N]):
    """A network as a part declares it: its name, the cards of its weights, how it is made."""

    name: str
    make: Callable[[Networks], N]
    cards: tuple[str, ...]
    only_with: Callable[[Settings], Container[str]] | None = None
    """The cards that are really used, where that depends on the settings."""

    def cards_for(self, settings: Settings) -> tuple[str, ...]:
        """Return the cards of the weights that it runs under these settings."""
        used = self.only_with(settings) if self.only_with else self.cards
        return tuple(card for card in self.cards if card in used)


class Networks:
    """Makes the networks of one process. Nothing is loaded before a network is run."""

    def __init__(  # noqa: PLR0913 - ports, of which most have a default
        self,
        settings: Settings,
        session: Callable[[str], Callable[[], Session]],
        *,
        fingerprint: Callable[[str], str] = lambda _: "",
        ready: Callable[[str], bool] = lambda _: True,
        damaged: Callable[[str], bool] = lambda _: False,
        runs: Callable[[str], str] = lambda name: name,
        made: Mapping[str, object] | None = None,
        afar: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        """Take sessions, fingerprints and the state of weights by the name of a card.

        `runs` gives the card that is really run for one; `made` holds networks that are there
        already, by their names; `afar` makes of a network here one that looks elsewhere.
        """
        self.settings = settings
        self.session = session
        self.ready = ready
        self.damaged = damaged
        self._runs = runs
        self._fingerprint = fingerprint
        self._made = dict(made or {})
        self._afar = afar or {}

    def of(self, network: Network[N]) -> N:
        """Return the network, made now if it was not before."""
        made = self._made.get(network.name)
        if made is None:
            afar = self._afar.get(network.name, _here)
            made = self._made.setdefault(network.name, afar(network.make(self)))
        return cast("N", made)

    def lacking(self, network: Network[Any]) -> tuple[str, ...]:
        """Return the cards whose weights are not here, of a network that runs here."""
        if network.name in self._afar:
            return ()
        cards = map(self._runs, network.cards_for(self.settings))
        return tuple(card for card in cards if not self.ready(card))

    def without(self, *cards: str) -> WeightsMissing:
        """Return the error of cards that cannot be looked with, which says which are damaged."""
        return WeightsMissing(*cards, damaged=tuple(filter(self.damaged, cards)))

    def identity(self, network: Network[N]) -> tuple[str, ...]:
        """Return what changes when the network's answers may: its name, settings and weights."""
        name: str = getattr(self.of(network), "name", network.name)
        return (name, *map(self._fingerprint, network.cards_for(self.settings)))


def _here(network: N) -> N:
    return network
