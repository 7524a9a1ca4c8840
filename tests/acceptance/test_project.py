"""What the client fixed about the project itself."""

import importlib
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "django": "django",
    "djangorestframework": "rest_framework",
    "celery": "celery",
    "redis": "redis",
    "psycopg2-binary": "psycopg2",
    "django-crispy-forms": "crispy_forms",
    "openpyxl": "openpyxl",
    "pytest-django": "pytest_django",
}


def declared_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return {line.split("[")[0].split("~")[0].split(">")[0].split("=")[0].strip() for line in lines}


@pytest.mark.clause("DC-1")
@pytest.mark.parametrize("package,module", PACKAGES.items())
def test_the_agreed_packages_are_declared_and_installed(package, module):
    assert package in declared_packages()
    assert importlib.import_module(module)


@pytest.mark.clause("DC-1")
def test_it_is_a_django_web_application(client, db):
    assert settings.ROOT_URLCONF == "config.urls"
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.clause("DC-2")
@pytest.mark.parametrize(
    "name",
    [
        "manage.py",
        "pyproject.toml",
        "config",
        "surveys",
        "scoring",
        "incentives",
        "complaints",
        "appeals",
        "reports",
        "templates",
        "static",
        "tests",
        "docker-compose.yml",
        "README.md",
    ],
)
def test_the_agreed_tree_stands_at_the_top(name):
    assert (ROOT / name).exists()


@pytest.mark.clause("DC-2")
@pytest.mark.parametrize("room", ["surveys", "scoring", "incentives", "complaints", "appeals", "reports"])
def test_the_agreed_rooms_are_installed(room):
    assert room in settings.INSTALLED_APPS
