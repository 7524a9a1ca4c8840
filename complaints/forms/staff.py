"""The filter of the list of cases; the export and saved views use the same addresses."""

import datetime as dt

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Case, CaseLink, CaseTopic, Channel, Kind, State
from complaints.pages.sight import Sight
from complaints.pages.stages import ALL, COUNTED, STAGES, overdue
from complaints.policy import rules_of, topics_of
from core.flow import Refused
from core.period import SHANGHAI
from organization.models import Department, Employee, Site
from organization.scopes import employee_id_of, today

KINDS = [choice for choice in Kind.choices if choice[0] != Kind.REPORT]
YES = [("1", _("yes"))]
LONGEST_WORDS = 60


class CaseFilter(django_filters.FilterSet):
    """?stage=…&kind=…&within=…; what is impossible is ignored. Telephone numbers are never searched."""

    stage = django_filters.ChoiceFilter(
        method="in_stage", choices=[(code, code) for code in (*STAGES, ALL, COUNTED)]
    )
    kind = django_filters.ChoiceFilter(choices=KINDS, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=State.choices, label=_("State"))
    mine = django_filters.ChoiceFilter(method="of_mine", choices=YES, label=_("Mine"))
    overdue = django_filters.ChoiceFilter(method="late", choices=YES, label=_("Overdue"))
    repeat = django_filters.ChoiceFilter(method="repeated", choices=YES, label=_("Repeat complaints"))
    within = django_filters.CharFilter(
        method="search", label=_("Number or words"), max_length=LONGEST_WORDS, strip=True
    )
    channel = django_filters.ChoiceFilter(
        choices=Channel.choices, label=_("Channel"), empty_label=_("All channels")
    )
    site = django_filters.ModelChoiceFilter(
        queryset=Site.objects.none(), label=_("Project"), empty_label=_("All projects")
    )
    problem = django_filters.ChoiceFilter(
        field_name="problem_type", label=_("Problem"), empty_label=_("All problems")
    )
    class_code = django_filters.ChoiceFilter(label=_("Class"), empty_label=_("All classes"))
    topic = django_filters.ChoiceFilter(method="about", label=_("Topic"), empty_label=_("All topics"))
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.none(), label=_("Department"), empty_label=_("All departments")
    )
    handler = django_filters.ModelChoiceFilter(
        queryset=Employee.objects.none(), label=_("Handled by"), empty_label=_("Everybody")
    )
    hold = django_filters.ChoiceFilter(
        method="held", choices=YES, label=_("On legal hold"), empty_label=_("Held or not")
    )
    since = django_filters.DateFilter(
        method="received_since", label=_("Received from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        method="received_until", label=_("Received until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    #: shown as chips or tabs; the rest stand in the form below them
    CHIPS = ("stage", "kind", "state", "mine", "overdue", "repeat", "within")

    class Meta:
        model = Case
        fields = []

    def __init__(self, data=None, queryset=None, *, request, prefix=None):
        super().__init__(data, queryset, request=request, prefix=prefix)
        company = request.company
        self.filters["site"].queryset = Site.objects.filter(company=company)
        self.filters["department"].queryset = Department.objects.filter(company=company, closed_on=None)
        handling = queryset.order_by().values("handler_id") if queryset is not None else []
        self.filters["handler"].queryset = Employee.objects.filter(pk__in=handling)
        self.rules = rules_today(company)
        problems, classes, topics = choices_of(self.rules, company)
        self.filters["problem"].extra["choices"] = problems
        self.filters["class_code"].extra["choices"] = classes
        self.filters["topic"].extra["choices"] = topics
        for name, field in self.form.fields.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
            field.widget.attrs["id"] = f"filter_{name}"

    @property
    def details(self):
        """The fields of the form behind “more filters”."""
        return [field for field in self.form if field.name not in self.CHIPS]

    @property
    def given(self):
        """{name: value} of what really narrows the list."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_narrowed(self):
        return bool(set(self.given) - {"stage"})

    @property
    def is_detailed(self):
        return bool(set(self.given) - set(self.CHIPS))

    @property
    def carried(self):
        """What the form keeps in hidden fields: chips and tab chosen before."""
        names = [name for name in self.CHIPS if name not in ("within", "overdue", "repeat", "mine")]
        return [
            (name, self.given[name]) for name in (*names, "mine", "overdue", "repeat") if name in self.given
        ]

    def filter_queryset(self, queryset):
        return self.staged(self.narrowed(queryset))

    def narrowed(self, queryset):
        """By everything but the stage, so that the tabs can be counted."""
        for name, value in self.form.cleaned_data.items():
            if name != "stage":
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def staged(self, queryset):
        """The stage asked for; without one what is open, but everything when a number, word or state is sought."""
        given = self.given
        if "stage" in given:
            return self.in_stage(queryset, "stage", given["stage"])
        return queryset if {"within", "state"} & set(given) else queryset.open()

    def in_stage(self, cases, name, value):
        if value == COUNTED:
            return cases.exclude(state=State.MERGED)
        return cases if value == ALL else cases.filter(state__in=STAGES[value][1])

    def received_since(self, cases, name, value):
        return cases.filter(received_at__gte=start_of(value))

    def received_until(self, cases, name, value):
        return cases.filter(received_at__lt=start_of(value + dt.timedelta(days=1)))

    def of_mine(self, cases, name, value):
        own = employee_id_of(self.request.user)
        return cases.filter(Q(handler_id=own) | Q(investigator_id=own)) if own else cases.none()

    def late(self, cases, name, value):
        return cases.filter(overdue(timezone.now()))

    def repeated(self, cases, name, value):
        seen = Case.objects.visible_to(self.request.user).order_by().values("pk")
        links = CaseLink.objects.filter(second=OuterRef("pk"), kind=CaseLink.Kind.REPEAT, first__in=seen)
        return cases.filter(Exists(links))

    def held(self, cases, name, value):
        return cases.filter(on_hold=True)

    def about(self, cases, name, value):
        return cases.filter(Exists(CaseTopic.objects.filter(case=OuterRef("pk"), code=value)))

    def search(self, cases, name, value):
        """By number; by words only among those whose words the user may read."""
        readable = Sight(self.request.user, self.request.company).readable(Case.objects.all())
        said = Q(text__icontains=value) | Q(allegations__statement__icontains=value)
        by_words = readable.filter(company=self.request.company).filter(said)
        return cases.filter(Q(number__icontains=value) | Q(pk__in=by_words.order_by().values("pk")))


def start_of(day):
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def rules_today(company):
    """The policy's lists, or None: a page that only reads shows codes where no policy is in force."""
    try:
        return rules_of(company, today())
    except Refused:
        return None


def choices_of(rules, company):
    """(problem types, classes, topics) as choices."""
    if rules is None:
        return [], [], []
    try:
        topics = topics_of(company, today())
    except Refused:  # a rule book without a lexicon
        topics = ()
    return tuple(
        [(entry.code, str(entry)) for entry in entries]
        for entries in (rules.problem_types, rules.classes, topics)
    )
