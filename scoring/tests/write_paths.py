"""Write paths of this room for the fault sweep (core.registries.write_paths)."""

from core.faults import WritePath
from core.registries import close_steps, write_paths
from scoring.models import Close
from scoring.services import closing, request_close, unfold_answers, unfold_pending
from scoring.services.books import Books
from scoring.tests import world
from scoring.tests.world import OCTOBER, november
from surveys.models import Answer
from tests import factories


def month():
    company = factories.make_company("swept")
    world.make_month(company, size=2, total=6, best=5)
    return (company,)


def unfolded():
    (company,) = month()
    unfold_pending(company, november())
    return company, Books(company).close(OCTOBER)


def scored():
    company, close = unfolded()
    closing._take(close_steps["score"], close, november(), None)
    return company, Close.objects.get(pk=close.pk)


def step(name):
    """The one transaction of a step, as `close_period` takes it."""
    return lambda company, close: closing._take(close_steps[name], close, november(), None)


def unfold_batch(company):
    """One batch: `unfold_pending` takes one after the other."""
    unfold_answers(company, list(Answer.objects.filter(company=company).values_list("pk", flat=True)))


PATHS = {
    "scoring.unfold_pending": WritePath(month, unfold_batch),
    "scoring.close_period": WritePath(unfolded, step("score")),
    "scoring.run": WritePath(scored, step("rank")),
    "scoring.request_close": WritePath(
        month, lambda company: request_close(company=company, period=OCTOBER, by=None, at=november())
    ),
}


def register():
    for name, path in PATHS.items():
        if name not in write_paths:
            write_paths.register(name, path)


register()
