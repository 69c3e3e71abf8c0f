"""What the tests share: an issuer, verifiers of it, what they log."""

import logging
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from issuer import NAME, Issuer  # noqa: E402

import countersign  # noqa: E402


@pytest.fixture
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture
def make(issuer, caplog):
    """Makes verifiers of the issuer that end with the test."""
    caplog.set_level(logging.INFO, "countersign")
    made = []

    def make(**more):
        verifier = countersign.Verifier(NAME, reach_at=issuer.url, clock=issuer.clock, **more)
        made.append(verifier)
        return verifier

    yield make
    for verifier in made:
        verifier.close()


def until(holds, what, seconds=10):
    """Waits for what another thread does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.005)
