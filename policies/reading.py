"""Packs on disk: one TOML file per rule book, in policies/packs/ or wherever a path points."""

import tomllib
from pathlib import Path

from django.utils.translation import gettext as _

from core.flow import Refused

PACKS = Path(__file__).resolve().parent / "packs"


def pack_names():
    return sorted(path.stem for path in PACKS.glob("*.toml"))


def read_pack(name):
    """The tables of a shipped pack, or of the TOML file at a path. Refused with a sentence when it cannot be read."""
    path = Path(name) if str(name).endswith(".toml") else PACKS / f"{name}.toml"
    if not path.is_file():
        raise Refused(
            _("There is no pack “%(name)s”. Shipped are: %(names)s; or give the path of a .toml file.")
            % {"name": name, "names": ", ".join(pack_names())}
        )
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Refused(
            _("“%(name)s” is not valid TOML: %(why)s") % {"name": path.name, "why": broken}
        ) from broken
