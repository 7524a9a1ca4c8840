"""What waits for somebody here, and what the search finds."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import may
from core.navigation import InboxItem, SearchHit
from organization.scopes import grants_of, reach_of, today
from policies.models import Clause, Version

HITS = 8


def items(user, company, at):
    """Versions whose next signature is this user's, and drafts that wait to be sent round."""
    found = []
    if may(user, "policies.sign"):
        found += [_to_sign(version) for version in waiting_for(user, company)]
    if company.pk in reach_of(user, "policies.publish").company_ids:
        drafts = Version.objects.drafts().filter(company=company, document__department=None)
        found += [_to_send(version) for version in drafts.select_related("document")]
    return found


def waiting_for(user, company):
    """Versions being signed off whose next step is for a role this user holds, and who has not signed one yet."""
    roles = {grant.role.code for grant in grants_of(user) if grant.role.company_id == company.pk}
    signing = Version.objects.filter(company=company, state=Version.State.SIGNING)
    for version in signing.select_related("document").prefetch_related("sign_offs"):
        steps = list(version.sign_offs.all())
        turn = next((step for step in steps if step.signed_by_id is None), None)
        if turn is not None and turn.role in roles and user.pk not in {step.signed_by_id for step in steps}:
            yield version


def search(user, company, words):
    """Clauses in force by code, number or text."""
    if company is None or company.pk not in reach_of(user, "policies.view").company_ids:
        return []
    match = Q(code__icontains=words) | Q(number__icontains=words)
    match |= Q(text__icontains=words) | Q(text_en__icontains=words)
    in_force = Version.objects.in_force(today()).filter(company=company)
    clauses = Clause.objects.filter(match, version__in=in_force).select_related("version__document")
    return [
        SearchHit(f"{clause.version.document.title} {clause.number}", clause.get_absolute_url(), clause.text)
        for clause in clauses[:HITS]
    ]


search.heading = gettext_lazy("Policies and clauses")


def _to_sign(version):
    return InboxItem(
        kind="policies.sign",
        title=_("Sign “%(title)s” %(label)s") % {"title": version.document.title, "label": version.label},
        detail=version.revision_note,
        url=version.get_absolute_url(),
        action=_("Read and sign"),
        icon="pen",
    )


def _to_send(version):
    return InboxItem(
        kind="policies.sign",
        title=_("Send “%(title)s” %(label)s for sign-off")
        % {"title": version.document.title, "label": version.label},
        detail=version.revision_note,
        url=version.get_absolute_url(),
        action=_("Look at the draft"),
        icon="pencil",
    )
