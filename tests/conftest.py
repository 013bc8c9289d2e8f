"""What every test starts from: a machine without a network, without models, and with nobody's caches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures import machine
from tests.fixtures.postgres import database, postgresql  # noqa: F401 - fixtures
from tests.fixtures.tiny_whisper import convert


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
