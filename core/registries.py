"""Places where higher rooms add themselves to what a lower one runs. Filled in each app's `ready()`."""


class Registry:
    """Named entries in a stable order; registering a name twice is a programming error."""

    def __init__(self):
        self._entries = {}

    def register(self, name, entry, *, order=0):
        if name in self._entries and self._entries[name][1] is not entry:
            raise ValueError(f"{name!r} is registered already")
        self._entries[name] = (order, entry)
        return entry

    def __getitem__(self, name):
        return self._entries[name][1]

    def get(self, name, default=None):
        return self._entries[name][1] if name in self._entries else default

    def __contains__(self, name):
        return name in self._entries

    def items(self):
        ordered = sorted(self._entries.items(), key=lambda item: (item[1][0], item[0]))
        return [(name, entry) for name, (order, entry) in ordered]

    def __iter__(self):
        return iter([entry for name, entry in self.items()])


#: called by core.flow.advance with (verb, obj, by, at, on_behalf_of, from_state, to_state, reason_code)
transition_recorders = Registry()
#: name -> callable(obj) -> bool: rows about it are chained with the installation's, not with its company's, so that
#: nobody who reads the company's log learns of it, not even by a gap in the links
audited_apart = Registry()
#: name -> callable(rows, user) -> rows of the audit log without what it would tell this reader about themselves
audit_veils = Registry()
#: event name -> Registry of handler name -> callable(event); see core.events
event_handlers = {}
#: section name -> parser(dict) -> frozen dataclass; raises ValueError with a sentence (policies)
policy_sections = Registry()
#: "policies" -> callable(company, section name, day): what holds on that day, for rooms beside policies on its floor
policy_readers = Registry()
#: name -> callable(pack: dict, company, at) run by load_policy, in order
pack_loaders = Registry()
#: name -> core.closing.CloseStep run by scoring's period close, in order
close_steps = Registry()
#: name -> callable(company, kind, since, until) -> list[core.facts.Fact]: verified facts that rules may rest on
fact_sources = Registry()
#: kind of fact -> core.facts.FactHome: the room that supplies it, so that it is not reported by hand as well
fact_homes = Registry()
#: first word of a fact's key -> callable(user, pk) -> address of the page of that fact for this reader, or ""
fact_pages = Registry()
#: name -> callable() yielding sentences, one per violation of one of the nine facts
verifications = Registry()
#: name -> core.faults.WritePath; every write path swept statement by statement in the tests
write_paths = Registry()
#: name -> callable(customer) yielding timeline entries
customer_timeline = Registry()
#: name -> callable(customer, at) removing what identifies a customer
erasure = Registry()
#: name -> callable(user, company, at) -> list[core.navigation.InboxItem]
inbox_sources = Registry()
#: name of an inbox source -> callable(user, company) -> {kind: number of its items}: for the frame, which counts them
inbox_counts = Registry()
#: name -> core.navigation.NavItem
navigation = Registry()
#: heading (lazy) by name -> callable(user, company, words) -> list[core.navigation.SearchHit]
searches = Registry()
#: name -> callable(at) run by the tick every minute; must be cheap when nothing is due and safe to run twice
tick_jobs = Registry()
#: name -> callable(reporter) that fills the demo company; run by load_demo in order
demo_chapters = Registry()
#: name -> callable() -> (password, [(login, who)]): shown at sign-in and by `up` when settings.DEMO is on
demo_logins = Registry()
#: name -> callable(at) -> number, shown on /metrics; counts only
gauges = Registry()
