from jobs.commands import ImportCommand


class Command(ImportCommand):
    help = "Import customers with what they bought. All rows or none; the same file twice adds nothing."
    kind = "customers"
