"""Who asks for long work: the bearer of a key or, as long as there is none, this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import KeyNeeded, ScopeNotAllowed
from foveate.people.keys import ANY, LOCAL, Key, Keys, Scope
from foveate.service.access import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.service.access import RateLimit

NEEDED: Final = (
    "Expected `Authorization: Bearer KEY` with a key for {work}: foveate {command} key add NAME. "
    "Where there never was a key of any kind this machine is answered without one, and no other."
)
REVOKED: Final = (
    "Expected `Authorization: Bearer KEY` with a key for {work}, of which all are revoked: foveate "
    "{command} key add NAME makes one, foveate {command} key open lets this machine ask without."
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who asks."""

    name: str
    """The name of a key, or `local` for who operates the server."""
    scope: Scope
    work: str = "jobs"

    @property
    def sees(self) -> str:
        """Return whose jobs he sees: empty is everybody's."""
        return "" if self.scope is Scope.ADMIN else self.name

    def check(self, scope: Scope) -> None:
        """Do nothing where he may. Raises ScopeNotAllowed."""
        rights = Key(name="", collection=ANY, scope=self.scope, sha256="", added=0.0)
        if not rights.allows(scope, ANY):
            raise ScopeNotAllowed(f"This key is not for {scope.value} of {self.work}.")


@dataclass(frozen=True, slots=True)
class Callers:
    """The keys for long work, beside those with which URLs are signed."""

    keys: Keys
    signing: Sequence[str]
    rate_limit: RateLimit
    work: str = "jobs"
    command: str = "jobs"

    def of(self, authorization: str, secret: str, *, local: bool) -> Owner:
        """Return who asks; `local` is somebody on this machine. Raises KeyNeeded, RateExceeded."""
        if secret and (key := self.keys.of(secret)) is not None:
            self.rate_limit.take(key.name)
            return Owner(key.name, key.scope, self.work)
        if is_known(authorization, self.signing):
            return Owner(LOCAL, Scope.ADMIN, self.work)
        open_ = not (self.signing or self.keys.all() or self.keys.are_needed)
        if local and open_:
            return Owner(LOCAL, Scope.ADMIN, self.work)
        revoked = self.keys.are_needed and not (self.signing or self.keys.all())
        told = (REVOKED if revoked else NEEDED).format(work=self.work, command=self.command)
        raise KeyNeeded(told, public=told)
