"""Reads: whether a chain holds, and where it is broken first."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import CharField, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Cast

from fleet.evidence.chain import Break, Fault, Link, broken_links, digest_of
from fleet.evidence.contents import KINDS, content_of, rows_of
from fleet.evidence.models import Chain, EvidenceLink

PAGE = 1000


def breaks_of(chain: Chain) -> Iterator[Break]:
    """Where a chain is broken: a link first, then each record that is not what its newest link sealed.

    Every link is read and every sealed record hashed anew.
    """
    rows = chain.links.order_by("number").values_list("number", "kind", "object_id", "digest", "hash")
    links = (Link(*row) for row in rows.iterator(chunk_size=PAGE))
    yield from broken_links(str(chain.pk), links, chain.length, chain.head)
    yield from changed_records(chain)


def changed_records(chain: Chain) -> Iterator[Break]:
    """The records that are gone, or say something else than when they were sealed last, by their links."""
    newest = EvidenceLink.objects.values("kind", "object_id").annotate(newest=Max("id")).values("newest")
    sealed = chain.links.filter(pk__in=newest).order_by("number")
    links = sealed.iterator(chunk_size=PAGE)
    while page := list(islice(links, PAGE)):
        yield from compared(page)


def compared(links: list[EvidenceLink]) -> Iterator[Break]:
    """The links whose records do not say what they sealed."""
    by_kind: dict[str, list[str]] = {}
    for link in links:
        if link.kind in KINDS and link.object_id.isdecimal():
            by_kind.setdefault(link.kind, []).append(link.object_id)
    records = {
        (kind, str(pk)): record
        for kind, ids in by_kind.items()
        for pk, record in apps.get_model(kind)._base_manager.order_by().in_bulk(ids).items()
    }
    for link in links:
        record = records.get((link.kind, link.object_id))
        if record is None:
            yield Break(Fault.RECORD_MISSING, link.number, link.kind, link.object_id)
        elif digest_of(content_of(record)) != link.digest:
            yield Break(Fault.RECORD_CHANGED, link.number, link.kind, link.object_id)


def unsealed(kind: str) -> QuerySet[Any]:
    """The records of a kind that have to be in a chain and are in none, the oldest first."""
    links = EvidenceLink.objects.filter(kind=kind, object_id=Cast(OuterRef("pk"), CharField()))
    return rows_of(kind).filter(~Exists(links), is_due=True).order_by("pk")


def unsealed_records() -> Iterator[Break]:
    """Records that are in no chain: they were slipped in past the program, or are older than their kind's sealing."""
    for kind in KINDS:
        for pk in unsealed(kind).values_list("pk", flat=True).iterator(chunk_size=PAGE):
            yield Break(Fault.NOT_SEALED, 0, kind, str(pk))
