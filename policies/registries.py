"""Where higher rooms add themselves to the making of a version; filled in their `ready()`."""

from dataclasses import dataclass

from core.registries import Registry

#: name -> callable(version, at) yielding sentences: why it may not yet be sent round or published
readiness = Registry()
#: name -> callable(content, document) yielding sentences: what is wrong with a draft's content besides its sections
content_checks = Registry()
#: name -> callable(version, user, at) -> Step or None: what else is to be done with a draft, in order
draft_steps = Registry()
#: name -> callable(version) -> True when this room decides about it, so that nobody publishes it by hand
deciders = Registry()


#: "params" -> callable(rule's table) -> the parameters of its trigger in words
rule_words = Registry()


@dataclass(frozen=True)
class Step:
    """One thing to do on the desk of a draft: what it is, how it stands, where it is done."""

    title: str
    detail: str
    url: str
    action: str
    is_done: bool = False
    is_post: bool = False
    icon: str = "list-check"
