"""Changes of state: one conditional UPDATE, or a refusal in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.registries import transition_recorders


class Refused(Exception):
    """A rule says no. Carries a sentence for the person and, for a form, the field it belongs to."""

    def __init__(self, message, *, code="refused", field=None):
        super().__init__(str(message))
        self.message = message
        self.code = code
        self.field = field


@dataclass(frozen=True)
class Transition:
    """A named step of a state machine: from any of `sources` to `target`."""

    name: str
    sources: tuple
    target: str


def advance(obj, transition, *, by, at, on_behalf_of=None, reason_code="", **stamps):
    """Move `obj` along `transition` and stamp the fields given; raise Refused when it is no longer there.

    One conditional UPDATE decides between racing callers. The step is recorded (audit) in the same
    transaction. `by` is the acting user, or None for the system; `at` an aware datetime.
    """
    model = type(obj)
    before = obj.state
    moved = model._base_manager.filter(pk=obj.pk, state__in=transition.sources).update(
        state=transition.target, **stamps
    )
    if not moved:
        obj.refresh_from_db(fields=["state"])
        raise Refused(
            _("This is already “%(state)s”; somebody else may have been faster. Reload the page.")
            % {"state": obj.get_state_display()},
            code="state",
        )
    obj.state = transition.target
    for name, value in stamps.items():
        setattr(obj, name, value)
    for record in transition_recorders:
        record(
            f"{model._meta.app_label}.{model._meta.model_name}.{transition.name}",
            obj,
            by=by,
            at=at,
            on_behalf_of=on_behalf_of,
            from_state=before if len(transition.sources) > 1 else transition.sources[0],
            to_state=transition.target,
            reason_code=reason_code,
        )
    return obj
