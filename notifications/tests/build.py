"""Plain builders of this room's tests."""

from notifications import services
from notifications.models import Robot
from notifications.registries import announcements
from notifications.services.robots import add_robot
from tests import factories
from tests.factories import at

NOON = at()
NEWS = "tests.news"
if NEWS not in announcements:
    announcements.register(NEWS, "有一件新的事")
URLS = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K3Y-0123456789",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=t0ken0123456789",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/h00k-0123456789",
}


def make_robot(company, kind="dingtalk", *, url="", secret="SECabcdef", **fields):
    fields = {"label": f"{kind}群", "kinds": [NEWS], "per_minute": 20, "by": None, "at": NOON} | fields
    return add_robot(company=company, kind=kind, webhook_url=url or URLS[kind], secret=secret, **fields)


def tell_robots(company, key="case:1", **fields):
    fields = {"kind": NEWS, "number": "TS-2026-0001", "url": "/cases/1/", "at": NOON} | fields
    services.announce(company=company, key=key, **fields)


def write(customer=None, key="invite:1", **fields):
    """An e-mail to a customer, by default an invitation."""
    fields = {
        "kind": "surveys.invitation",
        "subject": "请评价我们的服务",
        "body": "请看 https://example.com/s/abc/",
        "at": NOON,
        "address": "lin@example.com",
    } | fields
    if customer is not None:
        fields |= {"customer_id": customer.pk, "company": customer.company}
    return services.write_to_customer(key=key, **fields)


def colleague(company, *verbs, email="wang@example.com"):
    user = factories.user_with(company, *verbs)
    user.email = email
    user.save()
    return user


def manager(company):
    return factories.user_with(company, "notifications.manage")


def robot_of(pk):
    return Robot.objects.get(pk=pk)
