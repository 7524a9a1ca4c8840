"""Set up a company's structure and say who holds which role."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.flow import Refused
from organization.models import Company, Department, Grant, Post, Role, Site


@transaction.atomic
def open_company(*, code, name, opened_on, by, at, name_en=""):
    """The company with this code, made if new. Returns (company, was it made)."""
    company, created = Company.objects.get_or_create(
        code=code, defaults={"name": name or code, "name_en": name_en, "opened_on": opened_on}
    )
    if created:
        record("organization.company.open", company, by=by, at=at, company_id=company.pk)
    return company, created


@transaction.atomic
def save_department(*, company, code, name, by, at, name_en="", parent=None):
    return _save(
        Department, company, code, {"name": name, "name_en": name_en, "parent": parent}, by=by, at=at
    )


@transaction.atomic
def save_site(*, company, code, name, by, at, name_en=""):
    return _save(Site, company, code, {"name": name, "name_en": name_en}, by=by, at=at)


@transaction.atomic
def save_post(*, company, code, name, by, at, name_en="", is_ranked=False):
    return _save(
        Post, company, code, {"name": name, "name_en": name_en, "is_ranked": is_ranked}, by=by, at=at
    )


@transaction.atomic
def save_role(*, company, code, name, reach, verbs, by, at, name_en=""):
    values = {"name": name, "name_en": name_en, "reach": reach, "verbs": sorted(set(verbs))}
    return _save(Role, company, code, values, by=by, at=at)


@transaction.atomic
def grant_role(*, user, role, starts_on, by, at, department=None, ends_on=None):
    """The user holds the role from `starts_on`; nothing happens when an open grant says so already."""
    if department is not None and department.company_id != role.company_id:
        raise Refused(_("The department belongs to another company than the role."))
    held = Grant.objects.on(starts_on).filter(user=user, role=role, department=department).first()
    if held is not None:
        return held
    granted = Grant.objects.create(
        user=user, role=role, department=department, starts_on=starts_on, ends_on=ends_on
    )
    record(
        "organization.grant.give", granted, by=by, at=at, company_id=role.company_id, data={"role": role.code}
    )
    return granted


@transaction.atomic
def end_grant(grant, *, last_day, by, at):
    """`last_day` is the last day on which the role is held."""
    if last_day < grant.starts_on - dt.timedelta(days=1):
        raise Refused(_("A role cannot end before it began."))
    ended = Grant.objects.filter(pk=grant.pk, ends_on=None).update(ends_on=last_day)
    if not ended:
        raise Refused(_("This role has ended already. Reload the page."), code="state")
    grant.ends_on = last_day
    record("organization.grant.end", grant, by=by, at=at, company_id=grant.role.company_id)
    return grant


def _save(model, company, code, values, *, by, at):
    """The row with these values; a row in the audit log only when something was made or changed."""
    row, created = model.objects.get_or_create(company=company, code=code, defaults=values)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not created and not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    step = "create" if created else "change"
    record(f"organization.{model._meta.model_name}.{step}", row, by=by, at=at, data={"fields": changed})
    return row
