"""Filters that somebody named for themselves."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import SavedView
from core.flow import Refused

PAGES = ("cases", "case_board")
MOST = 20
NOT_KEPT = {"page", "csrfmiddlewaretoken"}


@transaction.atomic
def save_view(*, company, page, name, query, by, at):
    """Keep the filters under a name; the same name again replaces them."""
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("Give this view a name."), field="name")
    if page not in PAGES:
        raise Refused(_("Views of this page cannot be kept."))
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in NOT_KEPT])
    if len(kept) > 500:
        raise Refused(_("These filters are too long to keep. Use fewer words."), field="name")
    mine = SavedView.objects.filter(company=company, user=by, page=page)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(
            _("You keep %(count)s views already. Delete one first.") % {"count": MOST}, field="name"
        )
    view, created = SavedView.objects.update_or_create(
        company=company, user=by, page=page, name=name, defaults={"query": kept, "made_at": at}
    )
    return view


@transaction.atomic
def forget_view(view, *, by):
    """Only one's own: the page looks it up among them."""
    SavedView.objects.filter(pk=view.pk, user=by).delete()
