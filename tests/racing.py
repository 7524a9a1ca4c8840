"""Many at once behind a barrier, each in a thread with a connection of its own."""

import threading

from django.db import connection

PATIENCE = 60


def at_once(works):
    """Run all callables at the same moment; returns for each what it returned or raised, in their order."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        barrier.wait(PATIENCE)
        try:
            outcomes[place] = work()
        except Exception as failure:  # noqa: BLE001  whatever is raised is what the test asks about
            outcomes[place] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def careless(check, write, times):
    """The control: everybody checks, and only then does anybody write, without lock or unique key."""
    checked = threading.Barrier(times)

    def work():
        is_free = check()
        checked.wait(PATIENCE)
        if is_free:
            write()

    return at_once([work] * times)


def kinds(outcomes):
    """{name of the exception, or 'done': how many}."""
    names = [type(one).__name__ if isinstance(one, Exception) else "done" for one in outcomes]
    return {name: names.count(name) for name in sorted(set(names))}
