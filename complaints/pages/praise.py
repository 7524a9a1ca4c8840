"""Praise as its list and its page show it: what was said, what proves it, who shares in it, what comes next."""

from dataclasses import dataclass, field

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from complaints import sharing, wording
from complaints.models import Case, Praise, State
from complaints.pages.desk import RELATED, Desk
from complaints.pages.stages_of_praise import OPEN, OPEN_STATES, STAGES
from complaints.recusal import happened_on
from complaints.services import praise as verbs
from complaints.twins import twins_of
from core.access import may
from organization.models import Employee
from organization.scopes import employee_id_of

HANDLE, CONFIRM = "complaints.handle", "complaints.confirm"
#: what comes next, by state; for the others wording.NEXT has the words
NEXT = {
    State.RECEIVED: gettext_lazy("is it real?"),
    State.ACCEPTED: gettext_lazy("is it real?"),
    State.PROVED: gettext_lazy("whose praise is it?"),
    State.ATTRIBUTED: gettext_lazy("shares to be confirmed"),
    State.CONFIRMED: gettext_lazy("confirmed, the customer is to be thanked"),
    State.RESPONDED: gettext_lazy("confirmed, the customer is thanked"),
    State.CLOSED: gettext_lazy("confirmed, the customer is thanked"),
    State.DECLINED: gettext_lazy("not confirmed"),
}
FORM_ICONS = {
    Praise.Form.PENNANT: "award",
    Praise.Form.WRITTEN: "envelope-paper",
    Praise.Form.ORAL: "chat-quote",
}
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif")


def subject_of(case):
    """'Pennant · Yunqi'."""
    form = wording.capitalised(case.praise.get_form_display())
    return f"{form} · {case.site}" if case.site_id else form


def next_of(case):
    return str(NEXT.get(case.state) or wording.NEXT[case.state])


@dataclass
class Row:
    """One line of the list."""

    case: Case
    reads: bool
    shares: list = field(default_factory=list)
    is_late: bool = False

    @property
    def title(self):
        return subject_of(self.case)

    @property
    def words(self):
        return wording.excerpt(self.case.text) if self.reads else ""

    @property
    def icon(self):
        return FORM_ICONS[self.case.praise.form]


def rows_of(cases, *, sight, at):
    """Two queries, whatever their number."""
    found = cases.select_related("praise", "site").prefetch_related("praise__shares__employee")
    return [
        Row(case, sight.reads(case, ()), list(case.praise.shares.all()), case.is_overdue(at))
        for case in found
    ]


def headline(counts):
    """'2 praises to check, 1 to confirm'."""
    parts = [
        (
            counts["to_prove"],
            ngettext_lazy("%(count)s praise to check", "%(count)s praises to check", "count"),
        ),
        (counts["to_share"], ngettext_lazy("%(count)s to share out", "%(count)s to share out", "count")),
        (counts["to_confirm"], ngettext_lazy("%(count)s to confirm", "%(count)s to confirm", "count")),
        (
            counts["to_thank"],
            ngettext_lazy("%(count)s customer to thank", "%(count)s customers to thank", "count"),
        ),
    ]
    said = [words % {"count": count} for count, words in parts if count]
    return pgettext("between facts", ", ").join(said) or _("No praise is waiting")


def tabs(counts, active):
    return [
        (stage, label, counts[stage] if stage in OPEN else 0, stage == active)
        for stage, (label, states) in STAGES.items()
    ]


class PraiseDesk(Desk):
    """The case's desk with the praise on top of it."""

    @property
    def praise(self):
        return self.case.praise

    @property
    def title(self):
        return _("%(subject)s: %(next)s") % {"subject": subject_of(self.case), "next": next_of(self.case)}

    @property
    def next_words(self):
        return next_of(self.case)

    @cached_property
    def shares(self):
        return [
            (share, sharing.percent_of_share(share.share_bp))
            for share in self.praise.shares.select_related("employee")
        ]

    @cached_property
    def twins(self):
        """[(other praise, why, its sharers)] that may be this one, in the visitor's sight; as long as it is open."""
        if not (self.reads and self.case.state in OPEN_STATES):
            return []
        found = twins_of(self.case)
        seen = Case.objects.visible_to(self.user).filter(pk__in=[one.pk for one, why in found])
        seen = set(seen.values_list("pk", flat=True))
        return [(one, why, _names_of(one)) for one, why in found if one.pk in seen]

    @property
    def is_spoken(self):
        return self.praise.form == Praise.Form.ORAL

    @property
    def photos(self):
        """What the page can show in itself."""
        return [one for one in self.files if one.attachment.content_type in SHOWN]

    @property
    def other_files(self):
        return [one for one in self.files if one.attachment.content_type not in SHOWN]

    # what this user may do now ------------------------------------------------------------------------------

    @property
    def may_prove(self):
        return self._may(HANDLE, State.RECEIVED, State.ACCEPTED)

    @property
    def may_attribute(self):
        return self._may(HANDLE, State.PROVED)

    @property
    def may_thank(self):
        return self._may(HANDLE, State.CONFIRMED)

    @property
    def may_judge(self):
        return self._may(CONFIRM, State.ATTRIBUTED)

    @property
    def may_merge(self):
        return "merge" in self.offers

    def _may(self, verb, *states):
        return self.reads and self.case.state in states and may(self.user, verb)

    @cached_property
    def hindrance_to_confirm(self):
        return verbs.hindrance_to_confirm(self.praise, self.user)

    @property
    def hindrance_to_photo(self):
        return sharing.hindrance_to_photo(form=self.praise.form, has_scan=verbs.has_scan(self.case))

    # choices and first values of the forms -------------------------------------------------------------------

    @cached_property
    def sharers(self):
        """Who may get a share: colleagues of that day, neither the visitor nor whoever proved it."""
        prover_id = employee_id_of(self.praise.proved_by) if self.praise.proved_by else None
        day = happened_on(self.case)
        found = Employee.objects.filter(company=self.case.company, joined_on__lte=self.case.received_at)
        found = found.exclude(pk__in={self.own_employee_id, prover_id} - {None})
        return list(found.exclude(left_on__lt=day).order_by("number"))

    @property
    def first_shares(self):
        """What the form starts with: the returned shares, else those the customer names, evenly."""
        if self.shares:
            return [(share.employee, percent) for share, percent in self.shares]
        named = named_among(self.case.people_named, self.sharers)
        return [
            (one, sharing.percent_of_share(share))
            for one, share in zip(named, sharing.even_shares(len(named)) if named else [], strict=True)
        ]

    @property
    def thanks(self):
        names = "、".join(share.employee.name for share, percent in self.shares)
        return _("Thank you for your kind words. We have passed them on to %(names)s.") % {"names": names}


def _names_of(case):
    """Whose it is, as far as somebody said."""
    shared = [share.employee.name for share in case.praise.shares.all()]
    return pgettext("list separator", ", ").join(shared) or case.people_named


def named_among(words, colleagues):
    """Those whose name or number the words hold; a name inside a longer one that is meant does not count."""
    by_number = [one for one in colleagues if one.number in words]
    named = [one for one in colleagues if one.name in words and one not in by_number]
    longer = [one.name for one in [*by_number, *named]]
    found = [one for one in named if not any(one.name != name and one.name in name for name in longer)]
    names = [one.name for one in [*by_number, *found]]
    return by_number + [one for one in found if names.count(one.name) == 1]


def praise_desk(pk, user, company, at):
    """The desk of a praise in the visitor's sight, or None."""
    visible = Case.objects.visible_to(user).filter(company=company, kind=Case.Kind.PRAISE)
    related = (*RELATED, "praise__proved_by__employee", "praise__attributed_by", "praise__confirmed_by")
    case = visible.select_related(*related).filter(pk=pk).first()
    return PraiseDesk(case, user, at) if case else None
