"""Checksum parts of a close and what `verify` asks."""

from core.registries import verifications
from incentives import execution_facts, fingerprints, guards, selectors
from scoring.services.checksums import Part, checksum_parts


def register():
    checksum_parts.register("cases", Part(selectors.stored_cases, selectors.recomputed_cases), order=30)

    verifications.register("4 cases", selectors.fact_4)
    verifications.register("4 hits without a head", selectors.fact_4_unit_hits)
    verifications.register("4 one live decision", selectors.fact_4_overlaps)
    verifications.register("5 ledger", selectors.fact_5)
    verifications.register("5 payroll", selectors.fact_5_payroll)
    verifications.register("5 fingerprints", fingerprints.fact_5_fingerprints)
    verifications.register("5 guards", guards.fact_5_guards)
    verifications.register("6 decisions", selectors.fact_6)
    verifications.register("6 execution", execution_facts.fact_6_execution)
