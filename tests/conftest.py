"""What every test starts from: a machine without a network, without models, and with nobody's caches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.fixtures import machine
from tests.fixtures.postgres import database, postgresql  # noqa: F401 - fixtures
from tests.fixtures.tiny_whisper import convert

settings.register_profile(
    "gate", derandomize=True, deadline=None, max_examples=60, database=None, suppress_health_check=list(HealthCheck)
)
settings.register_profile("long", parent=settings.get_profile("gate"), derandomize=False, max_examples=3_000)
settings.load_profile("gate")


def few(examples: int) -> Callable[[Any], Any]:
    """So many examples of what takes long; in the profile "long", ten times as many."""
    most = examples * min(10, settings.default.max_examples // 60)
    return settings(max_examples=most, phases=[Phase.explicit, Phase.generate])  # to find the least takes too long


@pytest.fixture(autouse=True)
def _on_an_empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither read nor write the user's own caches; tests that need models put them where they want them."""
    for name, value in machine.empty(tmp_path / "machine").items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for LECTURE_MODELS with a real, very small Whisper that knows one lecture, for both programs."""
    if not convert.PACKED.exists():
        pytest.skip(f"{convert.PACKED.name} is not there")
    folder = tmp_path_factory.mktemp("models")
    convert.build(folder)
    return folder
