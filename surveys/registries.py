"""Places where higher rooms add themselves to what this one shows. Filled in each app's `ready()`."""

from dataclasses import dataclass

from core.registries import Registry


@dataclass(frozen=True)
class Panel:
    """A part of a campaign's page: its template, and what that is given as `panel`."""

    template: str
    context: object = None


#: name -> callable(campaign, params) -> Panel or None: results below a campaign's response, once it was opened
campaign_panels = Registry()
