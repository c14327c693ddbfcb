from __future__ import annotations

from hypothesis import settings

# A busy machine is slow now and then; that says nothing about the example at hand.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
