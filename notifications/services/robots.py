"""Group robots: added, changed, switched, tried out. What is entered as address or secret is never shown again."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from core.flow import Refused
from notifications.channels.robots import VENDORS, trouble_with
from notifications.models import Message, Robot
from notifications.registries import announcements

TEST = "notifications.test"
LONGEST_URL = 500
SENTENCES = {
    "unreadable": gettext_lazy(
        "Copy the whole address from the group's robot settings; it starts with https://"
    ),
    "not_https": gettext_lazy(
        "The address starts with https://. Copy it again from the group's robot settings."
    ),
    "foreign": gettext_lazy(
        "This is not an address of the service you chose. Check the service and the address."
    ),
    "without_key": gettext_lazy("The key is missing from the address. Copy it whole, to the last character."),
}


@transaction.atomic
def add_robot(*, company, kind, label, webhook_url, secret, kinds, per_minute, by, at, language="zh-hans"):
    """A robot that is told the given kinds of announcements from now on."""
    _check(kind, webhook_url, kinds, per_minute)
    try:
        with transaction.atomic():
            robot = Robot.objects.create(
                company=company,
                kind=kind,
                label=label.strip(),
                webhook_url=webhook_url,
                secret=secret,
                kinds=sorted(kinds),
                per_minute=per_minute,
                language=language,
                created_at=at,
            )
    except IntegrityError as taken:
        raise Refused(_("There is a robot of this name already. Choose another."), field="label") from taken
    record("notifications.robot.added", robot, by=by, at=at, data={"kind": robot.kind, "kinds": robot.kinds})
    return robot


@transaction.atomic
def change_robot(robot, *, kinds, per_minute, by, at, webhook_url="", secret=""):
    """Other announcements or another speed; a new address or secret only where one was entered."""
    robot = Robot.objects.select_for_update().get(pk=robot.pk)
    _check(robot.kind, webhook_url or robot.webhook_url, kinds, per_minute)
    robot.kinds, robot.per_minute = sorted(kinds), per_minute
    robot.webhook_url, robot.secret = webhook_url or robot.webhook_url, secret or robot.secret
    if webhook_url or secret:
        robot.failures, robot.last_error, robot.paused_until = 0, "", None
    robot.save()
    record("notifications.robot.changed", robot, by=by, at=at, data={"kinds": robot.kinds})
    return robot


@transaction.atomic
def switch_robot(robot, *, is_active, by, at):
    """Off: what waits for it is not sent. On: it starts without its old failures."""
    changed = Robot.objects.filter(pk=robot.pk, is_active=not is_active)
    if changed.update(is_active=is_active, failures=0, last_error="", paused_until=None):
        record(f"notifications.robot.switched_{'on' if is_active else 'off'}", robot, by=by, at=at)


@transaction.atomic
def send_test(robot, *, by, at):
    """Queue a test message; it goes the way of all others, and the page shows what became of it."""
    if not robot.is_active:
        raise Refused(_("Switch the robot on first; then send the test."))
    Message.objects.bulk_create(
        [
            Message(
                company=robot.company,
                channel=Message.Channel.ROBOT,
                kind=TEST,
                robot=robot,
                subject="TEST",
                key=f"{TEST}:{robot.pk}:{at:%Y%m%d%H%M%S}",
                created_at=at,
                next_try_at=at,
            )
        ],
        ignore_conflicts=True,  # two clicks in one second are one test
    )
    record("notifications.robot.tested", robot, by=by, at=at)


def _check(kind, webhook_url, kinds, per_minute):
    trouble = "unreadable" if len(webhook_url) > LONGEST_URL else trouble_with(kind, webhook_url)
    if trouble:
        raise Refused(SENTENCES[trouble], field="webhook_url")
    if not kinds:
        raise Refused(_("Choose at least one thing the robot tells."), field="kinds")
    if not set(kinds) <= {name for name, _sentence in announcements.items()}:
        raise Refused(_("Choose among what the page offers."), field="kinds")
    most = VENDORS[kind].per_minute
    if not 1 <= per_minute <= most:
        raise Refused(
            _("This service takes at most %(most)s messages a minute. Choose 1 to %(most)s.")
            % {"most": most},
            field="per_minute",
        )
