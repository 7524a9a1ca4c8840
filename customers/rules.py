"""How personal data looks to those who need not know it."""


def mask_name(name):
    """林女士 -> 林**; an English name keeps its first letter."""
    return name[:1] + "*" * min(max(len(name) - 1, 0), 3)


def mask_phone(phone):
    """13800000001 -> 138****0001; short numbers keep their last two digits."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else f"****{phone[-2:]}"


def mask_email(email):
    """lin@example.com -> l***@example.com."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if at else ""
