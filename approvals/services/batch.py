"""Votes on many lines in one go: all or none, and only on what was shown."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import rules
from approvals.models import Motion
from approvals.services.voting import cast_vote
from approvals.topics import batches_of
from core.flow import Refused
from organization.models import Employee

MOST_LINES = 100


@dataclass(frozen=True)
class Line:
    """One vote of a batch; `on_behalf_of` as in cast_vote. `key` is the caller's name for the line."""

    motion: Motion
    choice: str
    reason: str = ""
    on_behalf_of: Employee | None = None
    key: str = ""


class BatchRefused(Refused):
    """One line cannot be cast, so none was; `line` is that one."""

    def __init__(self, refusal, line):
        super().__init__(refusal.message, code=refusal.code, field=refusal.field)
        self.line = line


@transaction.atomic
def cast_batch(lines, *, by, at):
    """Cast every vote or none; motions are locked in one order, so that two batches do not block each other."""
    if not lines:
        raise Refused(_("No vote was cast: choose on at least one line."))
    if len(lines) > MOST_LINES:
        raise Refused(
            _("At most %(most)s votes go in one batch; %(count)s were chosen.")
            % {"most": MOST_LINES, "count": len(lines)}
        )
    rules.refuse_mixed(batches_of(line.motion for line in lines))
    return [_cast(line, by, at) for line in sorted(lines, key=lambda line: line.motion.pk)]


def _cast(line, by, at):
    try:
        return cast_vote(
            line.motion,
            choice=line.choice,
            reason=line.reason,
            on_behalf_of=line.on_behalf_of,
            by=by,
            at=at,
        )
    except Refused as refusal:
        raise BatchRefused(refusal, line) from refusal
