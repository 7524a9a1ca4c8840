"""Score, pill, money, person: each looks the same everywhere because it is made here."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import money
from core.period import SHANGHAI, Period

register = template.Library()

#: state value -> (look, icon); states not named here are resting grey
PILLS = {
    "draft": ("", "pencil"),
    "scheduled": ("wait", "calendar"),
    "open": ("wait", "unlock"),
    "closed": ("done", "check2"),
    "scored": ("wait", "calculator"),
    "ranked": ("wait", "list-ol"),
    "reported": ("wait", "file-earmark-text"),
    "locked": ("final", "lock-fill"),
    "found": ("wait", "circle"),
    "held": ("", "shield-check"),
    "proposed": ("wait", "circle"),
    "hearing": ("look", "chat-left-dots"),
    "ready": ("wait", "check2-circle"),
    "voting": ("wait", "hourglass"),
    "approved": ("done", "check2"),
    "rejected": ("done", "x-lg"),
    "returned": ("look", "arrow-return-left"),
    "set_aside": ("", "archive"),
    "issued": ("wait", "clock"),
    "suspended": ("look", "pause-fill"),
    "final": ("done", "check2-all"),
    "posted": ("final", "lock-fill"),
    "exported": ("final", "lock-fill"),
    "reversed": ("done", "arrow-counterclockwise"),
    "carried": ("done", "check2"),
    "withdrawn": ("done", "x-lg"),
    "queued": ("", "hourglass"),
    "running": ("wait", "arrow-repeat"),
    "done": ("done", "check2"),
    "failed": ("late", "exclamation-octagon"),
    "met": ("done", "check2"),
    "below": ("look", "exclamation-triangle"),
    "clearly_below": ("look", "exclamation-triangle-fill"),
    "low_n": ("", "circle-half"),
    "suppressed": ("", "eye-slash"),
    "overdue": ("late", "clock-history"),
    "due_soon": ("look", "hourglass-split"),
    "published": ("done", "check2"),
    "signing": ("look", "pen"),
    "submitted": ("done", "send-check"),
    "reviewed": ("done", "check2-all"),
    "held_talk": ("done", "check2"),
    "acknowledged": ("done", "check2-all"),
    "rejected_import": ("late", "exclamation-octagon"),
    "previewed": ("wait", "eye"),
    "confirmed": ("done", "check2"),
    "uploaded": ("wait", "arrow-repeat"),
    "approve": ("done", "check-lg"),
    "reject": ("done", "x-lg"),
    "return": ("look", "arrow-return-left"),
    "recused": ("", "person-dash"),
    "not_voted": ("", "dash"),
}


def _pill(look, icon, text):
    css = f"my-pill my-pill--{look}" if look else "my-pill"
    return format_html(
        '<span class="{}"><i class="bi bi-{}" aria-hidden="true"></i>{}</span>', css, icon, text
    )


@register.simple_tag
def pill(state, text, icon=None, look=None):
    """State badge: icon and word, colour third. `{% pill decision.state decision.get_state_display %}`"""
    known_look, known_icon = PILLS.get(state, ("", "circle"))
    return _pill(known_look if look is None else look, icon or known_icon, text)


@register.filter
def percent(share, digits=1):
    """0.9384 -> '93.8%'. Never alone on a page: use {% score %} for a satisfaction figure."""
    return "" if share is None else f"{share * 100:.{digits}f}%"


@register.filter
def period_name(text):
    """'2026-10' -> '2026年10月' / 'October 2026'; quarters and half-years likewise."""
    period = text if isinstance(text, Period) else Period.parse(text)
    year, chinese = period.first_day.year, get_language() != "en"
    if period.kind == "month":
        return f"{year}年{period.first_day.month}月" if chinese else f"{period.first_day:%B} {year}"
    part = (period.first_day.month - 1) // (3 if period.kind == "quarter" else 6)
    if period.kind == "quarter":
        return f"{year}年{'一二三四'[part]}季度" if chinese else f"Q{part + 1} {year}"
    if period.kind == "half":
        return f"{year}年{'上下'[part]}半年" if chinese else f"H{part + 1} {year}"
    return f"{year}年" if chinese else str(year)


@register.filter
def month_short(text):
    """'2026-10' -> '10 月' / 'Oct'."""
    day = Period.parse(str(text)).first_day
    return f"{day.month} 月" if get_language() != "en" else f"{day:%b}"


@register.filter
def moment(at):
    """An aware datetime: '11 月 4 日 15:22' / '4 Nov 15:22', with the year when it is not this one."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{day_name(local.date())} {local:%H:%M}"


@register.filter
def day_name(day):
    """A date: '11 月 4 日' / '4 Nov', with the year when it is not this one."""
    if day is None:
        return ""
    this_year = timezone.now().astimezone(SHANGHAI).year
    if get_language() == "en":
        return f"{day.day} {day:%b}" + ("" if day.year == this_year else f" {day.year}")
    return ("" if day.year == this_year else f"{day.year} 年 ") + f"{day.month} 月 {day.day} 日"


@register.filter
def deadline(at):
    """End of a clock: '11 月 12 日（周四）24:00' when it is midnight, else the minute."""
    local = at.astimezone(SHANGHAI)
    hour = f"{local:%H:%M}"
    if local.time() == dt.time():
        local, hour = local - dt.timedelta(days=1), "24:00"
    if get_language() == "en":
        return f"{local:%a} {day_name(local.date())}, {hour}"
    return f"{day_name(local.date())}（周{'一二三四五六日'[local.weekday()]}）{hour}"


@register.filter
def points(amount):
    """'+5 分' / '−3 points', never broken across lines."""
    return format_html(
        '<span class="my-money">{}&nbsp;{}</span>',
        money.format_points(amount),
        pgettext("performance points", "points"),
    )


@register.filter
def yuan(fen):
    """'1,000 元' / '1,000 yuan' from integer fen."""
    return format_html('<span class="my-money">{}&nbsp;{}</span>', money.format_fen(fen), _("yuan"))


@register.filter
def long_date(day):
    return date_format(day, "Y年n月j日" if get_language() != "en" else "j F Y")


@register.inclusion_tag("core/tags/person.html")
def person(name, detail=""):
    """Initial, name, place; never a face beside a bad number."""
    return {"name": name, "initial": (name or "?")[0], "detail": detail}


@register.inclusion_tag("core/tags/empty.html")
def empty(title, detail="", icon="inbox", url="", action=""):
    """What is missing, when it comes, what to do."""
    return {"title": title, "detail": detail, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("core/tags/field_error.html")
def field_error(field):
    """The message between label and control; the control carries aria-describedby `<id>-error`."""
    return {"field": field}


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The present address's query string with some parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = value
    return f"?{params.urlencode()}"
