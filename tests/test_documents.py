"""The documents say what is so."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| ([\w-]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
LICENCES = dict(ROW.findall((ROOT / "docs" / "dependencies.md").read_text().partition("|---|")[2]))


def required() -> set[str]:
    lines = "\n".join(path.read_text() for path in ROOT.glob("requirements*.txt"))
    return set(re.findall(r"^([\w-]+)(?:\[\w+\])?[<>=]", lines, re.MULTILINE))


def test_every_required_package_is_explained_and_no_other():
    assert LICENCES.keys() == required()


@pytest.mark.parametrize("package", sorted(required()))
def test_a_package_has_the_licence_that_the_list_says(package):
    found = distribution(package)
    licences = [file.read_text() for file in found.files or [] if "LICENSE" in file.name.upper() and not file.suffix]
    keys = ("License-Expression", "License", "Classifier")
    said = " ".join([*(text for key in keys for text in found.metadata.get_all(key) or []), *licences]).upper()
    for licence in LICENCES[package].split(" and "):
        name = licence.upper().partition("-")[0]
        assert name in said or (name == "MIT" and "PERMISSION IS HEREBY GRANTED, FREE OF CHARGE" in said)


def test_every_module_has_its_line_in_the_guide():
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    packages = [ROOT, ROOT / "lecture"]
    modules = {path.name for package in packages for path in package.glob("*.py") if path.name != "__init__.py"}
    assert {name for name in modules if not re.search(rf"\b{re.escape(name)}", guide)} == set()
    named = set(re.findall(r"^  ([a-z_]+\.py) ", guide, re.MULTILINE))
    assert {name for name in named if not (ROOT / "lecture" / name).exists()} == set()
