"""Who reads how much of a case: the customer's words, the contact, or only what is alleged and decided.

Handlers and investigators read all that they may see. Who only judges or supervises reads no more of a case about
people they head than any head does: the words may tell who spoke.
"""

from django.db.models import Exists, OuterRef

from complaints.models import Allegation
from organization.scopes import reach_of

#: who deals with the customer sees name and number masked; others see "a customer"
IN_TOUCH = ("complaints.handle", "complaints.investigate")
JUDGES = ("complaints.confirm", "complaints.supervise")


class Sight:
    """What one user reads of one company's cases."""

    def __init__(self, user, company):
        self.headed = reach_of(user, "complaints.view").department_ids
        self._is_in_touch = company.pk in reach_of(user, *IN_TOUCH).company_ids
        self._judges = company.pk in reach_of(user, *JUDGES).company_ids

    def readable(self, cases):
        """Those of the cases whose words the user may read."""
        if self._is_in_touch:
            return cases
        if not self._judges:
            return cases.none()
        if not self.headed:
            return cases
        theirs = Allegation.objects.filter(case=OuterRef("pk"), department_id__in=self.headed)
        return cases.exclude(department_id__in=self.headed).exclude(Exists(theirs))

    def reads(self, case, allegations):
        """Words, files and entries; `allegations` are all of the case."""
        if self._is_in_touch:
            return True
        touched = {case.department_id, *(one.department_id for one in allegations)}
        return self._judges and not touched & self.headed

    @property
    def sees_contact(self):
        """Masked name and number."""
        return self._is_in_touch

    def people(self, allegations, reads):
        """Whom the user may know to be named: all, or for a head those of the departments they head."""
        if reads or not self.headed:
            return allegations
        return [one for one in allegations if one.department_id in self.headed]
