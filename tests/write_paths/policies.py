from core.faults import WritePath
from core.registries import write_paths
from policies import services
from policies.tests.test_services import load, pack, signed_pack, signer
from tests import factories
from tests.factories import at


def draft():
    return (load(factories.make_company(), signed_pack()),)


def at_signing(roles):
    company = factories.make_company()
    version = load(company, signed_pack(roles=roles))
    services.submit(version, by=None, at=at(2026, 1, 1))
    return version, signer(company, roles[0])


def fully_signed():
    """Every signature there, and the version taken back to the moment before it was put in force."""
    company = factories.make_company()
    version = load(company, signed_pack())
    version.sign_offs.all().delete()
    return (version,)


PATHS = {
    "policies.load_pack": WritePath(
        lambda: (factories.make_company(),),
        lambda company: services.load_pack(pack(), company=company, by=None, at=at(2026, 1, 1)),
    ),
    "policies.submit": WritePath(draft, lambda version: services.submit(version, by=None, at=at())),
    "policies.sign": WritePath(
        lambda: at_signing(("one",)), lambda version, by: services.sign(version, by=by, at=at(2026, 1, 2))
    ),
    "policies.publish": WritePath(
        fully_signed, lambda version: services.publish(version, by=None, at=at(2026, 1, 2))
    ),
    "policies.withdraw": WritePath(
        draft, lambda version: services.withdraw(version, by=None, at=at(), reason="另行起草")
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
