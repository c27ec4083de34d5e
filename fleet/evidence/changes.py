"""Writes: records are sealed in the transaction that stores them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from fleet.evidence.chain import digest_of, hash_of
from fleet.evidence.contents import content_of
from fleet.evidence.models import Chain, EvidenceLink


@transaction.atomic
def seal(records: Iterable[Model], organisation_of: Mapping[str, int]) -> int:
    """Add records to the chains of their organisations; one that is sealed as it is now is left alone.

    Args:
        records: stored ones, of any kinds.
        organisation_of: whose chain each belongs to, by its primary key as text; those not named are not sealed.

    Returns:
        How many links were added.
    """
    by_chain: dict[int, list[Model]] = defaultdict(list)
    for record in records:
        if str(record.pk) in organisation_of:
            by_chain[organisation_of[str(record.pk)]].append(record)
    return sum(add_links(chain_of(organisation), by_chain[organisation]) for organisation in sorted(by_chain))


def chain_of(organisation: int) -> Chain:
    """An organisation's chain, locked until the transaction ends."""
    Chain.objects.get_or_create(organisation_id=organisation)
    return Chain.objects.select_for_update().get(organisation=organisation)


def add_links(chain: Chain, records: list[Model]) -> int:
    """Add a link for each record that says something new, and give how many."""
    links = []
    for record in records:
        kind, object_id = record._meta.label_lower, str(record.pk)
        stored = record._meta.base_manager.get(pk=record.pk)
        digest = digest_of(content_of(stored))
        newest = EvidenceLink.objects.filter(kind=kind, object_id=object_id).order_by("-number").first()
        if newest is not None and newest.digest == digest and newest.chain_id == chain.pk:
            continue
        chain.length += 1
        chain.head = hash_of(
            str(chain.pk), chain.head, number=chain.length, kind=kind, object_id=object_id, digest=digest
        )
        links.append(
            EvidenceLink(
                chain=chain,
                number=chain.length,
                at=timezone.now(),
                kind=kind,
                object_id=object_id,
                digest=digest,
                hash=chain.head,
            )
        )
    EvidenceLink.objects.bulk_create(links)
    if links:
        chain.save()
    return len(links)
