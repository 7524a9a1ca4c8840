"""How a praise is shared out, and who may do so: plain values in, sentences or numbers out.

A function `hindrance_to_…` returns the sentence that stands in the way, or '' when nothing does; buttons and verbs ask
the same one. Shares are basis points, {employee id: share}; a whole praise is 10,000 of them.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

WHOLE = 10_000
#: what a photo or scan can prove: spoken praise leaves none
WRITTEN_FORMS = ("written", "pennant")


def even_shares(count):
    """So many shares as equal as they can be, the first ones larger by one basis point where it does not divide."""
    least, left_over = divmod(WHOLE, count)
    return [least + (place < left_over) for place in range(count)]


def share_of_percent(text):
    """'33.34' or '33.34%' → 3334; None when it is no percentage with at most two decimals above 0, up to 100."""
    try:
        percent = Decimal(str(text).strip().rstrip("%％").strip())
    except InvalidOperation:
        return None
    if not percent.is_finite() or not 0 < percent <= 100:
        return None
    share = percent * 100
    return int(share) if share == share.to_integral_value(ROUND_HALF_UP) else None


def percent_of_share(share_bp):
    """3334 → '33.34', 5000 → '50'."""
    return f"{Decimal(share_bp) / 100:f}".rstrip("0").rstrip(".") if share_bp % 100 else str(share_bp // 100)


def fault_of_shares(shares):
    """What is wrong with the shares themselves."""
    if not shares:
        return _("Choose at least one colleague who shares in it.")
    if any(not isinstance(share, int) or not 0 < share <= WHOLE for share in shares.values()):
        return _("Write each share in percent, more than 0 and at most 100, with two decimals at most.")
    total = sum(shares.values())
    if total != WHOLE:
        return _("The shares make %(total)s %% together. Change them so that they make 100 %%.") % {
            "total": percent_of_share(total)
        }
    return ""


def hindrance_to_attribute(*, actor_id, prover_id, sharer_ids):
    """Nobody gives a share to themselves, and whoever vouched for the praise gets none either (fact 6)."""
    if actor_id is not None and actor_id in sharer_ids:
        return _("You share in it yourself: a colleague has to share it out.")
    if prover_id is not None and prover_id in sharer_ids:
        return _("Whoever checked that the praise is real cannot share in it.")
    return ""


def hindrance_to_confirm(*, actor_id, user_id, attributed_by_id, sharer_ids):
    """Four eyes: not by whoever shared it out, not by anybody who gets a share."""
    if user_id == attributed_by_id:
        return _("You shared this out; a second person confirms it.")
    if actor_id is not None and actor_id in sharer_ids:
        return _("You share in this praise; a colleague has to confirm it.")
    return ""


def hindrance_to_photo(*, form, has_scan):
    if form not in WRITTEN_FORMS:
        return _("Spoken praise leaves no photo. Call the customer back.")
    if not has_scan:
        return _("Nothing is attached that shows it. Add a photo or scan, or call the customer back.")
    return ""
