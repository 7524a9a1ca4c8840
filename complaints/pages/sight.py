"""Who reads how much of a case: the customer's words, the contact, or only what is alleged and decided.

Handlers and investigators read all that they may see. Who only judges or supervises reads no more of a case about
people they head than any head does: the words may tell who spoke. And whoever heads somebody named never learns who
the customer is, whatever else their role allows.
"""

from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from complaints.models import Allegation
from organization.scopes import employee_id_of, headed_by, reach_of, with_descendants

#: who deals with the customer sees name and number masked; others see "a customer"
IN_TOUCH = ("complaints.handle", "complaints.investigate")
JUDGES = ("complaints.confirm", "complaints.supervise")


class Sight:
    """What one user reads of one company's cases."""

    def __init__(self, user, company):
        self.user = user
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
        return cases.exclude(department_id__in=self.headed).exclude(_about(self.headed))

    def reads(self, case, allegations):
        """Words, files and entries; `allegations` are all of the case."""
        if self._is_in_touch:
            return True
        touched = {case.department_id, *(one.department_id for one in allegations)}
        return self._judges and not touched & self.headed

    def knows_who(self, allegations):
        """Masked name, number and file of the customer: who deals with them, but not about people of their own."""
        return self._is_in_touch and not self._leads & {one.department_id for one in allegations}

    def of_known_customers(self, cases):
        """Those of the cases of which the user may know whose they are: what a customer's file may show."""
        if not self._is_in_touch:
            return cases.none()
        return cases.not_naming(employee_id_of(self.user)).exclude(_about(self._leads))

    @cached_property
    def _leads(self):
        """Departments under the user, with or without a head's role."""
        return self.headed | departments_led_by(self.user)

    def people(self, allegations, reads):
        """Whom the user may know to be named: all, or for a head those of the departments they head."""
        if reads or not self.headed:
            return allegations
        return [one for one in allegations if one.department_id in self.headed]


def departments_led_by(user):
    """Ids of the departments somebody heads, by their assignment, and of all below."""
    roots = headed_by(user)
    return with_descendants(roots, user.employee.company_id) if roots else set()


def _about(departments):
    return Exists(Allegation.objects.filter(case=OuterRef("pk"), department_id__in=departments))
