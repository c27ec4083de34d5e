"""Writes: records are sealed in the transaction that stores them; however many, with a few queries."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from fleet.evidence.chain import digest_of, hash_of
from fleet.evidence.contents import KINDS, content_of, rows_of
from fleet.evidence.models import Chain, EvidenceLink
from fleet.evidence.queries import unsealed

BATCH = 500


class Version(NamedTuple):
    """What a record says now.

    Attributes:
        kind: of record.
        object_id: which record.
        digest: hash of what it says.
        organisation: id of the one in whose chain it belongs.
        is_due: it has to be sealed; another only where it was sealed before.
    """

    kind: str
    object_id: str
    digest: str
    organisation: int
    is_due: bool


@transaction.atomic
def seal(records: Iterable[Model]) -> int:
    """Add records to the chains of the organisations that answer for them.

    Those that are sealed as they are now are left alone, and so are those that still go on and were never sealed.

    Args:
        records: stored ones, of any of the kinds that are sealed.

    Returns:
        How many links were added.
    """
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record._meta.label_lower, []).append(record.pk)
    versions = [version for kind, keys in by_kind.items() for version in versions_of(kind, keys)]
    if not versions:
        return 0
    chains = locked_chains({version.organisation for version in versions})
    newest = {pair: link for kind in by_kind for pair, link in newest_links(kind, versions).items()}
    links = []
    for version in versions:
        chain = chains[version.organisation]
        before = newest.get((version.kind, version.object_id))
        if before == (version.digest, chain.pk) or (before is None and not version.is_due):
            continue
        links.append(next_link(chain, version))
    EvidenceLink.objects.bulk_create(links)
    longer = {link.chain_id for link in links}
    Chain.objects.bulk_update([chains[pk] for pk in sorted(longer)], ("length", "head"))
    return len(links)


def versions_of(kind: str, keys: Iterable[int]) -> list[Version]:
    """What the records of a kind say in the database, in the order of their keys."""
    wanted = list(dict.fromkeys(keys))
    stored = {record.pk: record for record in rows_of(kind).filter(pk__in=wanted)}
    return [
        Version(kind, str(pk), digest_of(content_of(record)), record.answerable, record.is_due)
        for pk in wanted
        if (record := stored.get(pk)) is not None
    ]


def newest_links(kind: str, versions: Iterable[Version]) -> dict[tuple[str, str], tuple[str, int]]:
    """Digest and chain of the newest link of each record of a kind, by kind and key."""
    keys = [version.object_id for version in versions if version.kind == kind]
    links = EvidenceLink.objects.filter(kind=kind, object_id__in=keys).order_by("pk")
    return {
        (kind, object_id): (digest, chain)
        for object_id, digest, chain in links.values_list("object_id", "digest", "chain_id")
    }


def locked_chains(organisations: Collection[int]) -> dict[int, Chain]:
    """The chains of organisations by their ids, locked in the order of the ids until the transaction ends."""
    rows = Chain.objects.select_for_update().filter(pk__in=organisations).order_by("pk")
    chains = {chain.pk: chain for chain in rows}
    if missing := sorted(set(organisations) - chains.keys()):
        Chain.objects.bulk_create([Chain(organisation_id=pk) for pk in missing], ignore_conflicts=True)
        chains = {chain.pk: chain for chain in rows.all()}
    return chains


def next_link(chain: Chain, version: Version) -> EvidenceLink:
    """A further link at the end of a chain; neither is stored yet."""
    sealed = {"kind": version.kind, "object_id": version.object_id, "digest": version.digest}
    chain.length += 1
    chain.head = hash_of(str(chain.pk), chain.head, number=chain.length, **sealed)
    return EvidenceLink(chain=chain, number=chain.length, at=timezone.now(), hash=chain.head, **sealed)


def seal_what_is_not() -> dict[str, int]:
    """Seal every record that is due and in no chain: those from before their kind was sealed.

    Returns:
        How many there were, by kind. When they were sealed stands in their links.
    """
    added = dict.fromkeys(KINDS, 0)
    for kind in KINDS:
        while batch := list(unsealed(kind)[:BATCH]):
            added[kind] += seal(batch)
    return added
