"""What must hold over all cases, in a few statements; each sentence names what is wrong."""

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from audit.models import AuditRow
from complaints.models import Allegation, Case, Entry, Finding, Praise, State

LIVE = (Finding.State.PROPOSED, Finding.State.CONFIRMED)
JUDGED = (State.CONFIRMED, State.RESPONDED, State.CLOSED)
ANSWERED = (State.RESPONDED, State.CLOSED)


def four_eyes():
    """Fact 6: findings and shares are confirmed by another person than the one who proposed them."""
    confirmed = Finding.objects.filter(state=Finding.State.CONFIRMED)
    same = Q(confirmed_by=None) | Q(confirmed_by=F("proposed_by"))
    for pk in confirmed.filter(same).values_list("pk", flat=True):
        yield f"finding {pk} is not confirmed by a second person"
    same = Q(confirmed_by=F("attributed_by"))
    for pk in Praise.objects.filter(same).values_list("pk", flat=True):
        yield f"praise {pk} is not confirmed by a second person"


def nobody_judges_themselves():
    """Fact 6: nobody named in a case proposed, confirmed, handles or investigates it."""
    named = Allegation.objects.filter(case=OuterRef("case"))
    judges = (Exists(named.filter(employee__user=OuterRef(who))) for who in ("proposed_by", "confirmed_by"))
    proposed, confirmed = judges
    for pk in Finding.objects.filter(proposed | confirmed, state__in=LIVE).values_list("pk", flat=True):
        yield f"finding {pk} was judged by somebody whom the case names"
    named = Allegation.objects.filter(case=OuterRef("pk"))
    has_it = Exists(named.filter(employee=OuterRef("handler"))) | Exists(
        named.filter(employee=OuterRef("investigator"))
    )
    for pk in Case.objects.open().filter(has_it).values_list("pk", flat=True):
        yield f"case {pk} is with somebody whom it names"
    sharing = Praise.objects.filter(
        Q(shares__employee__user=F("attributed_by")) | Q(shares__employee__user=F("confirmed_by"))
    )
    for pk in sharing.values_list("pk", flat=True).distinct():
        yield f"praise {pk} was shared out or confirmed by somebody who shares in it"


def judged_cases_have_findings():
    """Fact 4: what was judged has exactly one live finding per person, and what went elsewhere has none."""
    missing = Allegation.objects.filter(case__state__in=(*JUDGED, State.PROPOSED)).exclude(
        findings__state__in=LIVE
    )
    investigated = missing.exclude(case__investigator=None)
    for pk in investigated.values_list("pk", flat=True):
        yield f"allegation {pk} of a judged case has no finding"
    stray = Finding.objects.filter(
        state__in=LIVE, case__state__in=(State.MERGED, State.DECLINED, State.WITHDRAWN)
    )
    for pk in stray.values_list("pk", flat=True):
        yield f"finding {pk} is live although its case is merged, declined or withdrawn"
    for pk in Finding.objects.exclude(case=F("allegation__case")).values_list("pk", flat=True):
        yield f"finding {pk} and its allegation belong to different cases"
    for pk in Finding.objects.exclude(company=F("case__company")).values_list("pk", flat=True):
        yield f"finding {pk} belongs to another company than its case"


def answered_cases_say_what():
    """AU-4: what is answered has an answer, and nothing closes before its customer was asked."""
    answered = Entry.objects.filter(case=OuterRef("pk"), kind=Entry.Kind.ANSWER)
    silent = Case.objects.filter(state__in=ANSWERED).exclude(Exists(answered))
    for pk in silent.values_list("pk", flat=True):
        yield f"case {pk} is answered without an answer"
    for pk in Case.objects.filter(state=State.CLOSED, asked_at=None).values_list("pk", flat=True):
        yield f"case {pk} was closed before its customer was asked"
    inside = (Entry.Kind.NOTE, Entry.Kind.INTERVIEW, Entry.Kind.EVIDENCE)
    for pk in Entry.objects.filter(kind__in=inside, is_public=True).values_list("pk", flat=True):
        yield f"entry {pk} is for colleagues only, but the customer may read it"


def merged_cases_lead_somewhere():
    """A merged case points to one that is not merged itself, of the same company and kind."""
    for pk in Case.objects.filter(state=State.MERGED, merged_into=None).values_list("pk", flat=True):
        yield f"case {pk} is merged into nothing"
    pointing = Case.objects.exclude(merged_into=None)
    wrong = (
        ~Q(state=State.MERGED)
        | Q(merged_into__state=State.MERGED)
        | ~Q(merged_into__company=F("company"))
        | ~Q(merged_into__kind=F("kind"))
    )
    for pk in pointing.filter(wrong).values_list("pk", flat=True):
        yield f"case {pk} is merged into one that cannot answer for it"


def numbers_and_shares():
    """Every number stands once, and shares in praise sum to the whole."""
    doubled = (
        Case.objects.order_by().values("company", "number").annotate(times=Count("pk")).filter(times__gt=1)
    )
    for row in doubled:
        yield f"number {row['number']} of company {row['company']} stands {row['times']} times"
    sums = Praise.objects.annotate(total=Sum("shares__share_bp")).exclude(attributed_at=None)
    for pk in sums.exclude(total=10_000).values_list("pk", flat=True):
        yield f"shares of praise {pk} do not sum to the whole"


def changes_of_state_are_recorded():
    """Fact 7: the newest step in the audit log of a case is the state it is in."""
    steps = AuditRow.objects.filter(model="complaints.case", object_id=OuterRef("pk")).exclude(to_state="")
    latest = steps.order_by("-pk").values("to_state")[:1]
    wrong = Case.objects.annotate(recorded=latest).exclude(recorded=F("state"))
    for pk in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"case {pk} is in a state that the audit log does not know of"
