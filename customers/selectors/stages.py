"""Stages of owners (VK-3.3) for one customer, for many, and as a filter of the list."""

from collections import defaultdict

from django.db.models import Count, Min, Q

from customers import rules
from customers.models import Customer, Purchase
from customers.policy import rules_of
from customers.rules import Home
from customers.selectors.families import root, with_merged


def stage_on(customer, day):
    """The policy.Stage this person was in on that day, or None; purchases of merged files count."""
    return stages_on(customer.company, [customer.live_id], day)[customer.live_id]


def stages_on(company, leading_ids, day):
    """{id: policy.Stage or None} of leading files; as many queries for a thousand as for one.

    Ask in blocks of some thousands: the ids stand in the statement.
    """
    ids = list(leading_ids)
    homes = homes_of(with_merged(ids))
    flags = dict(Customer.objects.filter(pk__in=ids).order_by().values_list("pk", "is_prospect"))
    return stages_of(rules_of(company, day).stages, flags, homes, day)


def homes_of(families):
    """{id of the leading file: [rules.Home]} of families as `families.with_merged` gives them. One query."""
    homes = defaultdict(list)
    bought = Purchase.objects.filter(customer__in=list(families)).order_by()
    for member, signed_on, handed_over_on in bought.values_list("customer", "signed_on", "handed_over_on"):
        homes[families[member]].append(Home(signed_on, handed_over_on))
    return homes


def stages_of(stages, flags, homes, day):
    """{id: Stage or None} from what was read: `flags` {id: is_prospect}, `homes` of homes_of."""
    return {
        pk: rules.stage_on(stages, homes.get(pk, ()), day, is_prospect=is_prospect)
        for pk, is_prospect in flags.items()
    }


def _homes(company, day):
    """One row a person: `signed` and `moved`, the first days up to `day`, over all their files."""
    bought = Purchase.objects.filter(company=company, customer__erased_at=None).order_by()
    return bought.values(root=root("customer")).annotate(
        signed=Min("signed_on", filter=Q(signed_on__lte=day)),
        moved=Min("handed_over_on", filter=Q(handed_over_on__lte=day)),
    )


def _within(stages, stage, day):
    """Condition on a row of `_homes`; the same as rules.stage_on (tests compare them)."""
    if stage.holds == rules.NOT_MOVED_IN:
        return Q(signed__isnull=False, moved=None)
    after, until = rules.move_window(stages, stage, day)
    since = Q(moved__gt=after) if after else Q()
    return Q(signed__isnull=False, moved__lte=until) & since


def in_stage(files, company, stage, day, stages=None):
    """Those of the leading files `files` that are in this stage on that day; `stages` where they are known already."""
    homes = _homes(company, day)
    if stage.holds == rules.NO_PURCHASE:
        bought = homes.filter(signed__isnull=False).values("root")
        known = files.filter(Q(is_prospect=True) | Q(pk__in=homes.values("root")))
        return known.exclude(pk__in=bought)
    stages = rules_of(company, day).stages if stages is None else stages
    return files.filter(pk__in=homes.filter(_within(stages, stage, day)).values("root"))


def stage_counts(company, stages, day):
    """{stage code: number of people} of the whole company, in the order of `stages`; two queries."""
    counted = {
        stage.code: Count("root", filter=_within(stages, stage, day))
        for stage in stages
        if stage.holds != rules.NO_PURCHASE
    }
    counts = _homes(company, day).aggregate(**counted) if counted else {}
    for stage in stages:
        if stage.holds == rules.NO_PURCHASE:
            files = Customer.objects.live().filter(company=company)
            counts[stage.code] = in_stage(files, company, stage, day, stages).count()
    return {stage.code: counts[stage.code] for stage in stages}
