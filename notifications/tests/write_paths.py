"""Write paths of this room for the fault sweep (tests/test_faults.py)."""

from core.faults import WritePath
from core.registries import write_paths
from notifications.links import find_link, link_of
from notifications.models import Message, Optout, Suspension
from notifications.services import bounces, digests, outbox, preferences, robots
from notifications.services import optouts as verbs
from notifications.services.queueing import notify
from notifications.services.sending import send_due
from notifications.tests.build import NEWS, NOON, URLS, colleague, make_robot, write
from tests import factories
from tests.factories import at


def company():
    return (factories.make_company(),)


def robot():
    return (make_robot(factories.make_company()),)


def message(**fields):
    customer = factories.make_customer(factories.make_company(), email="lin@example.com")
    write(customer, **fields)
    return Message.objects.get()


def sent():
    one = message()
    send_due(NOON)
    one.refresh_from_db()
    return (one,)


def failed():
    one = message(address="nonsense")
    send_due(NOON)
    one.refresh_from_db()
    return (one,)


def link():
    return (find_link(link_of(message()).rstrip("/").rsplit("/", 1)[1]),)


def stopped():
    (one,) = link()
    verbs.stop(one, purpose=Optout.ALL, at=NOON)
    return (one,)


def suspended():
    row = Suspension.objects.create(
        company=factories.make_company(), address_hash="x", bounces=3, suspended_at=NOON
    )
    return row, factories.make_user()


def gathered():
    user = colleague(factories.make_company())
    preferences.save_preferences(user, email={"other": "daily"}, digest_hour=8)
    for key in ("1", "2"):
        notify(
            user=user,
            company=user.grants.get().role.company,
            kind="nobody.knows",
            key=key,
            subject="一",
            at=NOON,
        )
    send_due(NOON)
    return ()


def back(one):
    return bounces.mark_bounced(message_id=_id(one), at=NOON)


def _id(one):
    from notifications.addresses import message_id

    return message_id(one)


def new_robot(made):
    return robots.add_robot(
        company=made, kind="dingtalk", label="群", webhook_url=URLS["dingtalk"], secret="s", kinds=[NEWS],
        per_minute=5, by=None, at=NOON,
    )  # fmt: skip


PATHS = {
    "notifications.add_robot": WritePath(company, new_robot),
    "notifications.change_robot": WritePath(
        robot, lambda one: robots.change_robot(one, kinds=[NEWS], per_minute=3, by=None, at=NOON)
    ),
    "notifications.switch_robot": WritePath(
        robot, lambda one: robots.switch_robot(one, is_active=False, by=None, at=NOON)
    ),
    "notifications.send_test": WritePath(robot, lambda one: robots.send_test(one, by=None, at=NOON)),
    "notifications.stop": WritePath(link, lambda one: verbs.stop(one, purpose=Optout.ALL, at=NOON)),
    "notifications.resume": WritePath(
        stopped, lambda one: verbs.resume(one, purpose=Optout.ALL, at=at(hour=13))
    ),
    "notifications.mark_bounced": WritePath(sent, back),
    "notifications.count_bounce": WritePath(sent, lambda one: bounces.count_bounce(one, at=NOON)),
    "notifications.lift": WritePath(suspended, lambda row, by: bounces.lift(row, by=by, at=NOON)),
    "notifications.send_digests": WritePath(gathered, lambda: digests.send_digests(at(day=5, hour=8))),
    "notifications.retry": WritePath(failed, lambda one: outbox.retry(one, by=None, at=NOON)),
    "notifications.retry_all": WritePath(
        failed, lambda one: outbox.retry_all(Message.objects.all(), by=None, at=NOON)
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
