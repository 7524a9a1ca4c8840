"""Service encounters: who served whom, where and on which day. Recorded once, never moved."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import cells
from core.events import publish
from core.imports import Column, ImportKind, RowError
from core.period import SHANGHAI
from customers.imports.customers import BATCH, _sites, hold_files
from customers.models import Customer, Encounter
from organization.models import Assignment, Employee

KINDS = {"看房": "viewing", "签约": "signing", "交房": "handover", "交付": "handover", "维修": "repair"}
KINDS |= {kind: kind for kind in Encounter.Kind.values}

COLUMNS = (
    Column(
        "reference",
        "服务编号",
        cells.code(80),
        True,
        ("编号",),
        gettext_lazy("Your own number."),
        "S20261001-001",
    ),
    Column(
        "customer",
        "客户编号",
        cells.code(40),
        True,
        ("客户",),
        gettext_lazy("As in the customer table."),
        "C000001",
    ),
    Column(
        "employee", "工号", cells.code(40), True, ("员工编号",), gettext_lazy("Who served them."), "E0001"
    ),
    Column(
        "site",
        "项目",
        cells.text(120),
        False,
        ("楼盘",),
        gettext_lazy("Empty: where the employee worked."),
        "云栖里",
    ),
    Column(
        "kind",
        "服务类型",
        cells.choice(KINDS),
        True,
        ("类型",),
        gettext_lazy("看房, 签约, 交房 or 维修."),
        "看房",
    ),
    Column("day", "服务日期", cells.day, True, ("日期",), gettext_lazy("Year-month-day."), "2026-10-01"),
)


class Known:
    """Everything the rows refer to, in five queries whatever their number."""

    def __init__(self, rows, company):
        self.sites = _sites(company)
        self.customers = dict(Customer.objects.filter(company=company).values_list("number", "pk"))
        self.employees = dict(Employee.objects.filter(company=company).values_list("number", "pk"))
        self.encounters = {found.reference: found for found in Encounter.objects.filter(company=company)}
        self.assignments = {}
        for assignment in Assignment.objects.filter(employee__company=company).order_by("starts_on"):
            self.assignments.setdefault(assignment.employee_id, []).append(assignment)

    def place(self, row):
        """The employee's assignment on the day of service, or None."""
        found = self.assignments.get(self.employees.get(row["employee"]), [])
        on_day = [
            one
            for one in found
            if one.starts_on <= row["day"] and (not one.ends_on or row["day"] <= one.ends_on)
        ]
        return on_day[-1] if on_day else None

    def site_id(self, row):
        return self.sites[row["site"]].pk if row["site"] else self.place(row).site_id

    def is_recorded(self, row):
        """None when new, True when recorded just so, False when recorded otherwise."""
        found = self.encounters.get(row["reference"])
        if found is None:
            return None
        given = (self.customers[row["customer"]], self.employees[row["employee"]], row["kind"], row["day"])
        same_site = not row["site"] or found.site_id == self.sites[row["site"]].pk
        return same_site and given == (found.customer_id, found.employee_id, found.kind, found.day)


def check_rows(rows, company, at):
    known, references = Known(rows, company), {}
    today = at.astimezone(SHANGHAI).date()
    for row in rows:
        errors = [*_unknown(row, known), *_day(row, today), *_twice(row, references)]
        if not errors:
            errors = [*_recorded(row, known)]
        yield from errors


def _unknown(row, known):
    if row["customer"] not in known.customers:
        yield RowError(row.number, "customer", _("No customer has this number. Import the customers first."))
    if row["employee"] not in known.employees:
        yield RowError(
            row.number, "employee", _("Nobody has this staff number. Compare with the staff list.")
        )
    if row["site"] and row["site"] not in known.sites:
        names = "、".join(dict.fromkeys(site.name for site in known.sites.values())) or "—"
        sentence = _("“%(name)s” is not set up. Choose one of: %(known)s.") % {
            "name": row["site"],
            "known": names,
        }
        yield RowError(row.number, "site", sentence)


def _day(row, today):
    if row["day"] > today:
        yield RowError(row.number, "day", _("This day is yet to come. Record what has happened."))


def _twice(row, references):
    earlier = references.setdefault(row["reference"], row.number)
    if earlier != row.number:
        yield RowError(
            row.number, "reference", _("Row %(row)s has the same. Delete one of them.") % {"row": earlier}
        )


def _recorded(row, known):
    recorded = known.is_recorded(row)
    if recorded is False:
        sentence = _(
            "This number is recorded with other facts. Recorded services are not changed; use a new number."
        )
        yield RowError(row.number, "reference", sentence)
    elif recorded is None and known.place(row) is None:
        yield RowError(
            row.number, "day", _("This person had no post on that day. Correct the day or the staff list.")
        )


def apply(rows, company, by, at):
    """Add what is not recorded yet, with the department the employee worked in on that day."""
    hold_files(company)
    known = Known(rows, company)
    new = [
        Encounter(
            company=company,
            customer_id=known.customers[row["customer"]],
            employee_id=known.employees[row["employee"]],
            department_id=known.place(row).department_id,
            site_id=known.site_id(row),
            kind=row["kind"],
            day=row["day"],
            reference=row["reference"],
        )
        for row in rows
        if known.is_recorded(row) is None
    ]
    Encounter.objects.bulk_create(new, batch_size=BATCH)
    if new:
        publish("customers.encounters_recorded", company, count=len(new))
    return {"created": len(new), "changed": 0, "unchanged": len(rows) - len(new)}


ENCOUNTERS = ImportKind(
    code="encounters",
    title=gettext_lazy("Service encounters"),
    intro=gettext_lazy(
        "Each viewing, signing, handover or repair: the continuous survey asks the customers named here."
    ),
    columns=COLUMNS,
    check_rows=check_rows,
    apply=apply,
    verb="customers.import",
    done_url="customers",
)
