"""What a room tells about a table it can import; the jobs room runs the three steps."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.registries import Registry

#: code -> ImportKind
import_kinds = Registry()


@dataclass(frozen=True)
class Column:
    """`key` is the name in the code, `name` the Chinese header; `parse(text)` returns the value or raises Refused."""

    key: str
    name: str
    parse: Callable
    required: bool = False
    aliases: tuple = ()
    help: object = ""
    example: str = ""
    is_personal: bool = False

    def answers_to(self, header):
        known = {self.name, self.key, *self.aliases}
        return header.strip().lower() in {name.lower() for name in known}


@dataclass(frozen=True)
class Row:
    """One row with parsed cells; an empty cell is None. `number` is the row the spreadsheet shows."""

    number: int
    values: dict = field(default_factory=dict)

    def __getitem__(self, key):
        return self.values.get(key)


@dataclass(frozen=True)
class RowError:
    """`column` is the key of a Column, or '' for the whole row; `reason` says how to correct it."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class ImportKind:
    """A table that can be imported.

    `check_rows(rows, company, at)` yields RowErrors that single cells do not show; `apply(rows, company, by, at)`
    runs inside one transaction and returns {"created", "changed", "unchanged"}; it must add nothing the second time.
    `verb` is what the user must hold; `done_url` names the page to look at afterwards; `icon` stands in the lists.
    """

    code: str
    title: object
    columns: tuple
    check_rows: Callable
    apply: Callable
    verb: str
    intro: object = ""
    done_url: str = "home"

    def column(self, key):
        return next((column for column in self.columns if column.key == key), None)
