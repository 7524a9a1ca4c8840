"""Files that came with a form, kept in the transaction of the verb that takes them."""

from complaints.policy import rules_of
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
