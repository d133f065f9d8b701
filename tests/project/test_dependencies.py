"""The three places that say what is installed agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text().splitlines()


def conda():
    """The conda packages and pip's lines of environment.yml."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (pip,) = (entry["pip"] for entry in listed if isinstance(entry, dict))
    return [entry for entry in listed if isinstance(entry, str)], pip


def pins(name):
    found = [Requirement(line) for line in CONSTRAINTS]
    return [pin for pin in found if pin.name.lower() == name.lower()]


def test_conda_environment_equals_pyproject():
    _, pip = conda()
    listed = [line for line in pip if not line.startswith("--")]
    assert [str(Requirement(line)) for line in listed] == [str(Requirement(line)) for line in DEPENDENCIES]


def test_conda_environment_is_pinned_and_installs_the_package():
    packages, pip = conda()
    assert pip[:2] == ["--constraint constraints.txt", "--editable ."]
    assert "pip" in packages


def test_conda_python_is_the_tested_range():
    (python,) = (package for package in conda()[0] if package.startswith("python"))
    allowed = Requirement(python).specifier
    tested = [line.split(" :: ")[-1] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert [f"3.{minor}" for minor in range(6, 20) if f"3.{minor}" in allowed] == tested
    assert all(version in SpecifierSet(PROJECT["requires-python"]) for version in tested)


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_every_dependency_has_a_pin_it_allows(dependency):
    requirement = Requirement(dependency)
    found = pins(requirement.name)
    assert found
    for pin in found:
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert Version(exact.version) in requirement.specifier


def test_constraints_name_no_host():
    for line in CONSTRAINTS:
        assert re.fullmatch(r"[\w.-]+==[\w.+!]+( ; .+)?", line), line
