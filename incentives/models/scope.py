from django.db import models
from django.db.models import Q

from organization.scopes import reach_of


class VisibleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of a company for HR, group and audit; their people's for heads; their own for everybody."""
        wide = reach_of(user, "incentives.view")
        own = reach_of(user, "incentives.view_own")
        match = Q(company_id__in=wide.company_ids) | Q(department_id__in=wide.department_ids)
        if own.employee_id:
            match |= Q(employee_id=own.employee_id) & self.told()
        return self.filter(match)

    def told(self):
        """What of their own people may see."""
        return Q()
