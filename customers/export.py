"""The list of customers as a table, written block by block."""

import io
from collections import defaultdict

from django.utils.translation import gettext as _

from core.excel import MOST_ROWS, rows_as_xlsx
from core.flow import Refused
from core.period import SHANGHAI
from customers.models import Contact, Customer, Need, Preference, Purchase
from customers.rules import mask_email, mask_name, mask_phone
from customers.selectors.families import with_merged
from customers.selectors.listing import lines_of
from customers.wording import need_in_words, preference_in_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLOCK = 500


def ids_of(files):
    """Ids of what is exported, fixed before the first line is written."""
    ids = list(files.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if not ids:
        raise Refused(_("Nothing fits this choice. Widen it, then export."))
    if len(ids) > MOST_ROWS:
        raise Refused(
            _("At most %(most)s customers fit into one table. Narrow the choice.")
            % {"most": f"{MOST_ROWS:,}"}
        )
    return ids


def file_name(at, is_unmasked):
    cover = "open" if is_unmasked else "masked"
    return f"customers-{cover}-{at.astimezone(SHANGHAI):%Y%m%d-%H%M}.xlsx"


def workbook(ids, *, is_unmasked, rules, company, at):
    """A file object with the table; rows are read and written block by block."""
    rows = _rows(ids, is_unmasked, rules, company, at.astimezone(SHANGHAI).date())
    return io.BytesIO(rows_as_xlsx(header(is_unmasked), rows, sheet=_("Customers")))


def header(is_unmasked):
    common = [_("Customer number"), _("Name"), _("Telephone"), _("E-mail"), _("Language"), _("Stage")]
    common += [_("Homes"), _("Services"), _("May be surveyed")]
    more = [_("Birthday"), _("Further contacts"), _("Addresses of homes"), _("Needs"), _("Preferences")]
    return common + (more if is_unmasked else [])


def _rows(ids, is_unmasked, rules, company, day):
    for start in range(0, len(ids), BLOCK):
        found = Customer.objects.in_bulk(ids[start : start + BLOCK])
        files = [found[pk] for pk in ids[start : start + BLOCK] if pk in found]
        details = _details(files, rules) if is_unmasked else {}
        for line in lines_of(files, company, rules.stages, day):
            yield _common(line, is_unmasked) + details.get(line.customer.pk, [])


def _common(line, is_unmasked):
    file = line.customer
    name, phone, email = file.name, file.phone, file.email
    if not is_unmasked:
        name, phone, email = mask_name(name), mask_phone(phone), mask_email(email)
    stage = str(line.stage) if line.stage else (_("prospect") if file.is_prospect else _("owner"))
    yes_no = _("yes") if line.may_be_surveyed else _("no")
    return [file.number, name, phone, email, file.language, stage, line.homes, line.services, yes_no]


def _details(files, rules):
    """{id of the leading file: the further cells}, over all files of each person."""
    families = with_merged([file.pk for file in files])
    texts = defaultdict(lambda: ([], [], [], []))
    for contact in Contact.objects.filter(customer__in=list(families)).order_by("pk"):
        label = f"（{contact.label}）" if contact.label else ""
        texts[families[contact.customer_id]][0].append(f"{contact.get_kind_display()} {contact.value}{label}")
    for home in Purchase.objects.filter(customer__in=list(families)).select_related("site").order_by("pk"):
        texts[families[home.customer_id]][1].append(f"{home.site} {home.unit}")
    for need in Need.objects.filter(customer__in=list(families)).order_by("pk"):
        words = [need_in_words(need, rules), need.note]
        texts[families[need.customer_id]][2].append(" · ".join(word for word in words if word))
    for liked in Preference.objects.filter(customer__in=list(families)).order_by("pk"):
        texts[families[liked.customer_id]][3].append(preference_in_words(liked, rules))
    born = {file.pk: file.birthday.isoformat() if file.birthday else "" for file in files}
    return {pk: [born[pk], *("\n".join(part) for part in texts[pk])] for pk in born}
