"""Rows that would open a second file of somebody who has one: reported by row, for a person to choose."""

from collections import defaultdict

from django.utils.translation import gettext as _

from core.imports import RowError
from customers.likeness import bare
from customers.models import Customer
from customers.rules import phone_key

BLOCK = 5000


def check_new_people(rows, company):
    """An error for each new number whose name and telephone number are on file already, or in another row.

    The column 确认新客户 says that it is somebody else all the same.
    """
    new = _new_rows(rows, company)
    on_file = _on_file({key for _row, key, _name in new}, company)
    in_table = {}
    for row, key, name in new:
        known = on_file.get((key, name))
        earlier = in_table.setdefault((key, name), row)
        if row["is_confirmed"]:
            continue
        if known:
            sentence = _(
                "%(number)s has the same name and number. Use that customer number, or write 是 under 确认新客户."
            )
            yield RowError(row.number, "phone", sentence % {"number": known})
        elif earlier["number"] != row["number"]:
            sentence = _(
                "Row %(row)s has the same name and number. Give both one customer number, or write 是 under 确认新客户."
            )
            yield RowError(row.number, "phone", sentence % {"row": earlier.number})


def _new_rows(rows, company):
    """[(row, telephone key, bare name)] of rows whose customer number is not known yet."""
    given = [(row, phone_key(row["phone"]), bare(row["name"])) for row in rows if row["phone"]]
    if not given:
        return []
    known = set(Customer.objects.filter(company=company).order_by().values_list("number", flat=True))
    return [one for one in given if one[0]["number"] not in known]


def _on_file(keys, company):
    """{(telephone key, bare name): number of the oldest live file}."""
    found, wanted = defaultdict(str), sorted(keys)
    files = Customer.objects.live().filter(company=company).order_by("-pk")
    for start in range(0, len(wanted), BLOCK):
        block = files.filter(phone_key__in=wanted[start : start + BLOCK])
        for key, name, number in block.values_list("phone_key", "name", "number"):
            found[key, bare(name)] = number
    return found
