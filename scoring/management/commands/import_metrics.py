from jobs.commands import ImportCommand


class Command(ImportCommand):
    help = (
        "Import sales performance and teamwork by month. All rows or none; the same file twice adds nothing."
    )
    kind = "metrics"
