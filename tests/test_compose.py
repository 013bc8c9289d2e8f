"""compose.yaml and Dockerfile, as far as they can be tried without Docker."""

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest

from tests.fixtures.cluster import ROOT, LocalCluster, wait_until

yaml = pytest.importorskip("yaml", reason="PyYAML, which comes with the packages for a cluster, is not installed")
pytest.importorskip("distributed", reason="the packages for a cluster are not installed")

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def read_by_the_program(name: str) -> bool:
    files = [*ROOT.glob("*.py"), *(ROOT / "lecture").rglob("*.py"), *(ROOT / "views").glob("*.py")]
    return any(f'"{name}"' in path.read_text() for path in files)


def test_there_is_everything_a_department_needs():
    assert set(SERVICES) == {"app", "scheduler", "worker", "database"}
    assert set(COMPOSE["volumes"]) == {"lectures", "models", "database"}
    for service in SERVICES.values():
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}, needed


def test_only_the_page_is_reached_from_outside_and_only_from_its_own_machine():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"app"}
    assert SERVICES["app"]["ports"] == ["127.0.0.1:8501:8501"]
    for service in SERVICES.values():
        assert not {"privileged", "network_mode", "pid", "cap_add"} & set(service)


def test_nothing_runs_as_root_and_everything_says_how_it_is():
    for name, service in SERVICES.items():
        assert service["user"] not in ("root", "0"), name
        assert "healthcheck" in service or name == "app", name
    assert "HEALTHCHECK" in DOCKERFILE  # the page's
    assert re.search(r"useradd .*\bstudent\b", DOCKERFILE) and "\nUSER student\n" in DOCKERFILE


def test_images_are_pinned_and_packages_are_those_for_a_cluster():
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", SERVICES["database"]["image"])
    for name in ("app", "scheduler", "worker"):
        assert SERVICES[name]["image"] == "lecture-notes-cluster"
        (argument,) = SERVICES[name]["build"]["args"].items()
        assert f"ARG {argument[0]}=" in DOCKERFILE and f"-r ${argument[0]}" in DOCKERFILE
        assert (ROOT / argument[1]).is_file() and argument[1] in DOCKERFILE


def test_the_program_reads_what_it_is_told_in_the_environment():
    told = set(SERVICES["app"]["environment"]) - {"PGPASSWORD"}  # PostgreSQL's own client reads that
    assert told == {"LECTURE_CLUSTER", "LECTURE_DB"}
    set_in_image = set(re.findall(r"(LECTURE_\w+)=", DOCKERFILE))
    assert all(read_by_the_program(name) for name in told | set_in_image)
    mounted = {volume.split(":")[1] for volume in SERVICES["app"]["volumes"]}
    assert mounted == set(re.findall(r"LECTURE_\w+=(/\w+)", DOCKERFILE))


def test_no_password_is_written_down():
    text = (ROOT / "compose.yaml").read_text()
    for value in (
        SERVICES["database"]["environment"]["POSTGRES_PASSWORD"],
        SERVICES["app"]["environment"]["PGPASSWORD"],
    ):
        assert value.startswith("${LECTURE_DB_PASSWORD:?")
    assert not re.search(r"postgresql://\w+:", text)
    for ignored in (".gitignore", ".dockerignore"):
        assert ".env" in (ROOT / ignored).read_text().splitlines()


def test_commands_and_health_checks_work_here(tmp_path):
    """Scheduler and worker as they are started there, with another address; and what says whether they are well."""
    parts = LocalCluster(tmp_path)
    there = {"8786": str(parts.port), ":2252": f":{parts.port:04X}", "tcp://scheduler": "tcp://127.0.0.1"}

    def here(words: list[str]) -> list[str]:
        line = shlex.join(words)
        for name, value in {**there, "0.0.0.0": "127.0.0.1"}.items():
            line = line.replace(name, value)
        return shlex.split(line)

    def is_well(name: str) -> bool:
        kind, *command = here(SERVICES[name]["healthcheck"]["test"])
        assert kind == "CMD"
        command[0] = sys.executable if command[0] == "python" else command[0]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0

    try:
        for name in ("scheduler", "worker"):
            assert not is_well(name)
            python, minus_m, *module = here(SERVICES[name]["command"])
            assert (python, minus_m) == ("python", "-m")
            parts.started(*module)
            wait_until(lambda name=name: is_well(name))
        parts.wait_for_workers(parts.cluster.threads())
    finally:
        parts.stop()
