"""audit, organization, jobs, customers, notifications."""

import datetime as dt

from audit import services as audit
from core.faults import WritePath
from core.registries import write_paths
from customers import services as customers
from jobs import services as jobs
from jobs.models import Run
from notifications import services as notifications
from notifications.models import Message
from organization import services as organization
from tests import factories
from tests.factories import at

DAY = dt.date(2026, 11, 4)


def company():
    return (factories.make_company(),)


def user_and_role():
    made = factories.make_company()
    return factories.make_user(), factories.make_role(made, "hr", ["organization.view"])


def granted():
    return (factories.grant(*user_and_role()),)


def unsealed():
    made = factories.make_company()
    audit.record("tests.company.open", made, by=None, at=at(), company_id=made.pk)
    return (at(),)


def customer():
    return factories.make_customer(factories.make_company()), factories.make_user()


def told():
    user = factories.make_user()
    notifications.notify(
        user=user, company=factories.make_company(), kind="tests", key="1", subject="一件事", at=at()
    )
    return user, Message.objects.get().pk


def failed_run():
    run = jobs.request_run(company=factories.make_company(), kind="tests.work", key="1", by=None, at=at())
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, attempts=3)
    return (run,)


def save(verb, **values):
    return lambda company: verb(company=company, code="new", name="新", by=None, at=at(), **values)


PATHS = {
    "audit.seal": WritePath(unsealed, audit.seal),
    "organization.open_company": WritePath(
        lambda: (), lambda: organization.open_company(code="new", name="新", opened_on=DAY, by=None, at=at())
    ),
    "organization.save_department": WritePath(company, save(organization.save_department)),
    "organization.save_site": WritePath(company, save(organization.save_site)),
    "organization.save_post": WritePath(company, save(organization.save_post)),
    "organization.save_role": WritePath(
        company, save(organization.save_role, reach="company", verbs=["core.home"])
    ),
    "organization.grant_role": WritePath(
        user_and_role,
        lambda user, role: organization.grant_role(user=user, role=role, starts_on=DAY, by=None, at=at()),
    ),
    "organization.end_grant": WritePath(
        granted, lambda grant: organization.end_grant(grant, last_day=DAY, by=None, at=at())
    ),
    "customers.unmask": WritePath(
        customer, lambda one, by: customers.unmask(one, reason="客户来电核对地址", by=by, at=at())
    ),
    "notifications.mark_read": WritePath(told, lambda user, pk: notifications.mark_read(user, pk, at=at())),
    "notifications.mark_all_read": WritePath(
        lambda: told()[:1], lambda user: notifications.mark_all_read(user, at=at())
    ),
    "jobs.request_run": WritePath(
        failed_run,
        lambda run: jobs.request_run(company=run.company, kind=run.kind, key=run.key, by=None, at=at()),
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
