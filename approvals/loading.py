"""[[committees]] of a pack: the groups that decide, with quorum and thresholds."""

from approvals.models import Committee
from audit import services as audit

FIELDS = ("name", "quorum_bp", "approve_bp", "one_reject_ends", "one_return_ends", "is_blind", "voting_days")


def load_committees(pack, version, company, at):
    """Make or update the pack's committees; loading twice changes nothing. Open motions keep their frozen terms."""
    for row in pack.get("committees", []):
        _load(row, version, company, at)


def _load(row, version, company, at):
    values = checked(row)
    committee, created = Committee.objects.get_or_create(
        company=company, code=row["code"], defaults=values | {"starts_on": version.effective_from}
    )
    changed = [name for name, value in values.items() if getattr(committee, name) != value]
    for name in changed:
        setattr(committee, name, values[name])
    if changed:
        committee.save(update_fields=changed)
    if created or changed:
        verb = "approvals.committee.create" if created else "approvals.committee.change"
        audit.record(verb, committee, by=None, at=at, data={"fields": changed})


def checked(row):
    """The fields of one [[committees]] table; ValueError with a sentence when one is missing or impossible."""
    missing = [name for name in ("code", *FIELDS) if name not in row]
    if missing:
        raise ValueError(f"[[committees]] {row.get('code', '?')}: missing {', '.join(missing)}")
    for name in ("quorum_bp", "approve_bp"):
        if not 0 <= row[name] <= 10_000:
            raise ValueError(f"[[committees]] {row['code']}: {name} lies between 0 and 10000")
    if row["approve_bp"] == 10_000:
        raise ValueError(
            f"[[committees]] {row['code']}: more than all can never approve; approve_bp is below 10000"
        )
    if row["voting_days"] < 1:
        raise ValueError(f"[[committees]] {row['code']}: voting_days is at least 1")
    return {name: row[name] for name in FIELDS} | {
        "name_en": row.get("name_en", ""),
        "is_weighted": row.get("is_weighted", False),
    }
