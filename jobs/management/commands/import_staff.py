from jobs.commands import ImportCommand


class Command(ImportCommand):
    help = (
        "Import people, dated assignments, logins, roles. All rows or none; the same file twice adds nothing."
    )
    kind = "staff"
