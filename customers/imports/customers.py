"""Customers with what they bought; a customer with two homes has two rows."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from core import cells
from core.flow import Refused
from core.imports import Column, ImportKind, RowError
from core.period import SHANGHAI
from customers.imports import consents, details, erased, twins
from customers.models import Customer, Purchase
from customers.policy import rules_of
from organization.models import Company, Site

BATCH = 500
LANGUAGES = {"中文": "zh-hans", "zh-hans": "zh-hans", "英文": "en", "English": "en", "en": "en"}
FACTS = ("name", "phone", "email", "language", "birthday", "is_prospect", "may_be_surveyed")

COLUMNS = (
    Column(
        "number", "客户编号", cells.code(40), True, ("编号",), gettext_lazy("Your own number."), "C000001"
    ),
    Column(
        "name",
        "姓名",
        cells.text(60),
        True,
        ("客户姓名",),
        gettext_lazy("As they wish to be called."),
        "林女士",
        True,
    ),
    Column(
        "phone",
        "手机",
        details.phone,
        False,
        ("手机号", "电话"),
        gettext_lazy("Optional."),
        "13800138000",
        True,
    ),
    Column(
        "email",
        "邮箱",
        cells.email,
        False,
        ("电子邮箱", "e-mail"),
        gettext_lazy("Optional."),
        "lin@example.com",
        True,
    ),
    Column(
        "language",
        "语言",
        cells.choice(LANGUAGES),
        False,
        (),
        gettext_lazy("中文 or English; empty is 中文."),
        "中文",
    ),
    Column(
        "is_prospect",
        "是否意向客户",
        cells.yes_no,
        False,
        ("意向客户",),
        gettext_lazy("Has not bought yet."),
        "否",
    ),
    Column(
        "may_be_surveyed",
        "可否调查",
        cells.yes_no,
        False,
        (),
        gettext_lazy("否 when they said no. 是 does not undo what they said themselves."),
        "是",
    ),
    Column("birthday", "生日", cells.day, False, ("出生日期",), gettext_lazy("Optional."), "", True),
    Column("site", "项目", cells.text(120), False, ("楼盘",), gettext_lazy("Where they bought."), "云栖里"),
    Column(
        "unit", "房号", cells.text(60), False, ("单元",), gettext_lazy("Building and number."), "3-1-1202"
    ),
    Column("signed_on", "签约日期", cells.day, False, (), gettext_lazy("Needed with a home."), "2026-03-18"),
    Column(
        "handed_over_on",
        "交房日期",
        cells.day,
        False,
        ("交付日期",),
        gettext_lazy("Empty until handed over."),
        "",
    ),
    *details.COLUMNS,
    Column(
        "is_confirmed",
        "确认新客户",
        cells.yes_no,
        False,
        (),
        gettext_lazy("是 when somebody with the same name and number is another person."),
        "",
    ),
)


def check_rows(rows, company, at):
    sites, first, homes = _sites(company), {}, {}
    rules = rules_of(company, at.astimezone(SHANGHAI).date())
    for row in rows:
        yield from _same_person(row, first)
        yield from _home(row, sites, homes)
        yield from details.check_row(row, rules)
    yield from erased.check_rows(rows, company)
    yield from twins.check_new_people(rows, company)


def _sites(company):
    found = {}
    for site in Site.objects.filter(company=company):
        found |= {site.name_en: site} if site.name_en else {}
        found |= {site.name: site, site.code: site}
    return found


def _same_person(row, first):
    earlier = first.setdefault(row["number"], row)
    if earlier is row:
        return
    for key in FACTS:
        if row[key] is not None and row[key] != earlier[key]:
            sentence = _("Row %(row)s says something else about the same customer. Make them equal.")
            yield RowError(row.number, key, sentence % {"row": earlier.number})


def _home(row, sites, homes):
    given = [row[key] is not None for key in ("site", "unit", "signed_on")]
    if not any(given) and row["handed_over_on"] is None:
        return
    if not all(given):
        missing = next(key for key in ("site", "unit", "signed_on") if row[key] is None)
        yield RowError(
            row.number, missing, _("A home needs project, number and day of signing. Fill this in.")
        )
        return
    if row["site"] not in sites:
        names = "、".join(dict.fromkeys(site.name for site in sites.values())) or "—"
        yield RowError(
            row.number,
            "site",
            _("“%(name)s” is not set up. Choose one of: %(known)s.") % {"name": row["site"], "known": names},
        )
    if row["handed_over_on"] and row["handed_over_on"] < row["signed_on"]:
        yield RowError(
            row.number, "handed_over_on", _("Handed over before it was signed. Correct one of the days.")
        )
    place = (row["number"], row["site"], row["unit"])
    if place in homes:
        yield RowError(
            row.number, "unit", _("Row %(row)s has the same. Delete one of them.") % {"row": homes[place]}
        )
    homes[place] = row.number


def apply(rows, company, by, at):
    """Counts of rows: a row is created when its customer or home is new, changed when either differs."""
    hold_files(company)
    outcome = {row.number: "unchanged" for row in rows}
    customers = _write_customers(rows, company, at, outcome)
    _write_homes(rows, company, customers, outcome)
    details.write_details(rows, company, customers, by, at, outcome)
    found = list(outcome.values())
    return {name: found.count(name) for name in ("created", "changed", "unchanged")}


def hold_files(company):
    """Imports into one company queue: of the same table twice at once the second finds everything on file."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _write_customers(rows, company, at, outcome):
    """{customer number: Customer} of the company, with what the rows add and change."""
    known = {customer.number: customer for customer in Customer.objects.filter(company=company)}
    first = {}
    for row in rows:
        first.setdefault(row["number"], row)
    new = _new_customers(first, known, rows, company, at)
    changed, words = _changed_customers(first, known)
    bulk_create_with_history(list(new.values()), Customer, batch_size=BATCH)
    bulk_update_with_history(list(changed.values()), Customer, list(FACTS), batch_size=BATCH)
    words += [(file, first[number]["may_be_surveyed"]) for number, file in new.items()]
    consents.write(words, at)
    outcome.update({first[number].number: "created" for number in new})
    outcome.update({first[number].number: "changed" for number in changed})
    return known | new | changed


def _new_customers(first, known, rows, company, at):
    buyers = {row["number"] for row in rows if row["unit"]}
    return {
        number: _new_customer(row, company, at, is_buyer=number in buyers)
        for number, row in first.items()
        if number not in known
    }


def _new_customer(row, company, at, *, is_buyer):
    return Customer(
        company=company,
        number=row["number"],
        name=row["name"],
        phone=row["phone"] or "",
        email=row["email"] or "",
        language=row["language"] or settings.LANGUAGE_CODE,
        birthday=row["birthday"],
        is_prospect=not is_buyer if row["is_prospect"] is None else row["is_prospect"],
        may_be_surveyed=row["may_be_surveyed"] is not False,
        created_at=at,
    )


def _changed_customers(first, known):
    """({number: Customer with the new facts}, [(Customer, agrees to surveys)]); an empty cell leaves what is on file.

    The files that differ are locked and compared again, so that what somebody changes meanwhile is not undone.
    """
    differing = [
        known[number] for number, row in first.items() if number in known and _moved(known[number], row)
    ]
    refusing = consents.refused_themselves(differing)
    changed, words = {}, []
    for file in _locked(differing):
        if file.erased_at:
            raise Refused(_("A file of this table was erased meanwhile. Import the table again."))
        moved = _moved(file, first[file.number])
        if moved.get("may_be_surveyed") and file.live_id in refusing:
            del moved["may_be_surveyed"]
        if "may_be_surveyed" in moved:
            words.append((file, moved["may_be_surveyed"]))
        for key, value in moved.items():
            setattr(file, key, value)
        changed |= {file.number: file} if moved else {}
    return changed, words


def _moved(customer, row):
    """{fact: new value} of what the row gives and the file says otherwise."""
    return {key: row[key] for key in FACTS if row[key] is not None and row[key] != getattr(customer, key)}


def _locked(files):
    ids = sorted(file.pk for file in files)
    for start in range(0, len(ids), BATCH):
        block = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids[start : start + BATCH])
        yield from block.order_by("pk")


def _write_homes(rows, company, customers, outcome):
    sites = _sites(company)
    known = {
        (home.customer_id, home.site_id, home.unit): home for home in Purchase.objects.filter(company=company)
    }
    new, changed = [], []
    for row in rows:
        if not row["unit"]:
            continue
        customer, site = customers[row["number"]], sites[row["site"]]
        home = known.get((customer.pk, site.pk, row["unit"]))
        dates = (row["signed_on"], row["handed_over_on"])
        if home is None:
            new.append(
                Purchase(
                    company=company, customer=customer, site=site, unit=row["unit"],
                    signed_on=dates[0], handed_over_on=dates[1],
                )
            )  # fmt: skip
            outcome[row.number] = "created"
        elif (home.signed_on, home.handed_over_on) != (dates[0], dates[1] or home.handed_over_on):
            home.signed_on, home.handed_over_on = dates[0], dates[1] or home.handed_over_on
            changed.append(home)
            outcome[row.number] = outcome[row.number] if outcome[row.number] == "created" else "changed"
    bulk_create_with_history(new, Purchase, batch_size=BATCH)
    bulk_update_with_history(changed, Purchase, ["signed_on", "handed_over_on"], batch_size=BATCH)
    _no_longer_prospects(new, rows)


def _no_longer_prospects(homes, rows):
    """Whoever has a home is no prospect any more, unless the table says so itself."""
    named = {row["number"] for row in rows if row["is_prospect"] is not None}
    buyers = {home.customer_id: home.customer for home in homes}
    bought = [file for file in buyers.values() if file.is_prospect and file.number not in named]
    for file in bought:
        file.is_prospect = False
    bulk_update_with_history(bought, Customer, ["is_prospect"], batch_size=BATCH)


CUSTOMERS = ImportKind(
    code="customers",
    title=gettext_lazy("Customers"),
    intro=gettext_lazy(
        "Customer files, what they bought and look for. One row per home; a prospect has one row without a home."
    ),
    columns=COLUMNS,
    check_rows=check_rows,
    apply=apply,
    verb="customers.import",
    done_url="customers",
)
