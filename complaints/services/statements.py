"""What is said of somebody, in a sentence of ours: the customer's own words may tell who the customer is."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import rules
from complaints.casework import enter
from complaints.models.case import BEFORE_FINDING
from core.flow import Refused


@transaction.atomic
def word_allegation(allegation, *, statement, by, at):
    """Write what is said of the person named; as long as they were not told, for that is what they reply to."""
    case = enter(allegation.case, by=by)
    statement = rules.refuse_blank(
        statement,
        _("Write what is said of them, without who said it."),
        "statement",
        most=rules.MOST_STATEMENT,
    )
    if case.state not in BEFORE_FINDING:
        raise Refused(_("A finding was proposed already: return it before you change this."), code="state")
    if not case.allegations.filter(pk=allegation.pk, told_at=None).update(statement=statement):
        raise Refused(_("The person was told already; what they reply to stays as it is."), code="state")
    allegation.statement = statement
    audit.record("complaints.case.worded", case, by=by, at=at, data={"allegation": allegation.pk})
    return allegation
