"""What the views of this room share: finding a file in reach, and saying beside the field what a rule refuses."""

from django.shortcuts import get_object_or_404

from core.flow import Refused
from customers.models import Customer
from customers.services.locking import refuse_unless_live


def file_or_404(request, pk):
    """The file, merged and erased ones too, where this user may see files."""
    files = Customer.objects.visible_to(request.user).select_related("company", "merged_into")
    return get_object_or_404(files, pk=pk)


def file_to_change(request, pk):
    """The file, when it is one that can be changed; Refused (409) with a sentence otherwise."""
    found = file_or_404(request, pk)
    refuse_unless_live(found)
    return found


def posted(request):
    """What the form was sent with, an empty one too; None when it was only opened."""
    return request.POST if request.method == "POST" else None


def attempt(form, act):
    """Call `act()` when the form is right. None when done, else the status of the page that says what is wrong."""
    if not form.is_valid():
        return 422
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return 409
    return None
