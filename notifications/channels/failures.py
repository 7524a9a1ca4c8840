class NotDelivered(Exception):
    """A message did not get out. `reason` may be stored and shown: it holds neither addresses nor secrets."""

    def __init__(self, reason, *, is_final=False, wait=None, is_bounce=False, is_unclear=False):
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final  # trying again would change nothing
        self.wait = wait  # how long the other side wants to be left alone
        self.is_bounce = is_bounce  # the address itself was refused
        self.is_unclear = is_unclear  # the connection broke after the words went out: it may have arrived
