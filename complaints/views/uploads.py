"""Files that came with a form, kept in the transaction of the verb that takes them."""

from django.db import transaction

from complaints.policy import rules_of
from complaints.services import handling
from core.flow import Refused
from core.period import SHANGHAI
from jobs import attachments


def keep_files(company, files, *, by, at):
    """Attachments of [(name, content)], all or none; a refusal belongs to the field `files`."""
    if not files:
        return []
    most = rules_of(company, at.astimezone(SHANGHAI).date()).most_files
    try:
        return attachments.keep_all(company=company, files=files, most=most, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal


@transaction.atomic
def write_down(case, *, files, by, at, **given):
    """An entry with its files, both or neither."""
    kept = keep_files(case.company, files, by=by, at=at)
    return handling.write_entry(case, files=kept, by=by, at=at, **given)
