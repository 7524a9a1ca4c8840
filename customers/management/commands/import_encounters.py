from jobs.commands import ImportCommand


class Command(ImportCommand):
    help = "Import service encounters. All rows or none; the same file twice adds nothing."
    kind = "encounters"
