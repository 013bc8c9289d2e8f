"""What this machine has to work with, where it is a container."""

from pathlib import Path

import pytest

import machine

GB = 1 << 30


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A container of half a gigabyte, of which almost all is in use: much of that by files that were read."""
    (tmp_path / "memory.max").write_text(f"{GB // 2}\n")
    (tmp_path / "memory.current").write_text(f"{GB // 2 - 4096}\n")
    (tmp_path / "memory.stat").write_text(f"anon {GB // 8}\ninactive_file {GB // 4}\nactive_file {GB // 8}\n")
    monkeypatch.setattr(machine, "_CONTAINER", tmp_path)
    return tmp_path


def test_files_that_were_only_read_count_as_free_memory(container: Path) -> None:
    assert machine.free_memory() == 4096 + GB // 4


def test_where_a_container_says_nothing_of_files_all_that_is_used_counts(container: Path) -> None:
    (container / "memory.stat").unlink()
    assert machine.free_memory() == 4096


def test_a_container_without_a_limit_has_what_the_machine_has(container: Path) -> None:
    (container / "memory.max").write_text("max\n")
    assert machine.free_memory() > 4096


def test_a_containers_share_of_the_processors_counts(container: Path) -> None:
    (container / "cpu.max").write_text("50000 100000\n")
    assert machine.cores() == 1
