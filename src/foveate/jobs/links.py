"""Signed links to results and events, and the secrets of webhooks: of one secret beside the queue.

Links are signed as URLs of pictures are, yet always: what a job made is for whom it was made.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from foveate.durable import give_name, sync_folder
from foveate.errors import QueueUnusable
from foveate.options.signing import Signer

if TYPE_CHECKING:
    from pathlib import Path

PATH: Final = "/v1/jobs"
FILE: Final = "jobs.secret"
SECRET_BYTES: Final = 32
SHOWN: Final = "whsec_"
"""How secrets of webhooks begin, by which their libraries know them."""


@dataclass
class Links:
    """The links of one server, or of all on one queue. The secret is made when it is first used.

    Whatever needs it raises QueueUnusable where it is damaged.
    """

    folder: Path
    ttl_s: int
    path: str = PATH
    file: str = FILE

    @cached_property
    def _secret(self) -> bytes:
        file = self.folder / self.file
        try:
            if not file.exists():
                self._make(file)
            secret = file.read_bytes()
        except OSError as why:
            raise QueueUnusable(f"Expected a secret in {file}, got {why}.") from why
        if len(secret) < SECRET_BYTES:
            # With one that anybody can guess, anybody could sign.
            raise QueueUnusable(
                f"Expected {SECRET_BYTES} bytes in {file}, got {len(secret)}: delete it, and a new "
                "one is made. Links and secrets of webhooks are others then."
            )
        return secret

    def _make(self, file: Path) -> None:
        """Have a secret there, whole and on the disk, of ours or of who was first."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.folder / f"{self.file}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        try:
            with fresh.open("wb") as written:
                written.write(secrets.token_bytes(SECRET_BYTES))
                written.flush()
                os.fsync(written.fileno())
            with suppress(FileExistsError):
                give_name(fresh, file)
        finally:
            fresh.unlink(missing_ok=True)
        sync_folder(self.folder)

    def ready(self) -> None:
        """Have the secret there. Blocks, and raises QueueUnusable."""
        _ = self._secret

    @cached_property
    def _signer(self) -> Signer:
        return Signer((self._derived("links").hex(),))

    def _derived(self, what: str) -> bytes:
        return hmac.digest(self._secret, what.encode(), "sha256")

    def result(self, job_id: str, name: str) -> str:
        """Return the way to a result, good for a while."""
        return self._signed(f"{self.path}/{job_id}/files/{quote(name)}")

    def events(self, job_id: str) -> str:
        """Return the way to the events of a job, good for a while."""
        return self._signed(f"{self.path}/{job_id}/events")

    def _signed(self, path: str) -> str:
        return self._signer.sign(path, int(time.time()) + self.ttl_s)

    def check(self, path: str, query: str) -> int:
        """Return until when a link is good. Raises BadSignature, LinkExpired.

        What else stands in a query is no part of the link.
        """
        ours = "&".join(p for p in query.split("&") if p.partition("=")[0] in {"exp", "sig"})
        return self._signer.grant(quote(path), ours, time.time()).expires or 0

    def webhook_secret(self, key: str) -> str:
        """Return what webhooks of that key's jobs are signed with."""
        return SHOWN + base64.b64encode(self._derived(f"webhook {key}")).decode()
