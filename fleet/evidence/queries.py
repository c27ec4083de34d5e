"""Reads: whether a chain holds, and where it is broken first."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Max

from fleet.evidence.chain import Break, Fault, Link, broken_links, digest_of
from fleet.evidence.contents import content_of
from fleet.evidence.models import Chain, EvidenceLink
from fleet.findings.models import Finding

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
    page: list[EvidenceLink] = []
    for link in sealed.iterator(chunk_size=PAGE):
        page.append(link)
        if len(page) == PAGE:
            yield from compared(page)
            page = []
    yield from compared(page)


def compared(links: list[EvidenceLink]) -> Iterator[Break]:
    """The links whose records do not say what they sealed."""
    by_kind: dict[str, list[str]] = {}
    for link in links:
        by_kind.setdefault(link.kind, []).append(link.object_id)
    records = {
        (kind, str(pk)): record
        for kind, ids in by_kind.items()
        for pk, record in apps.get_model(kind)._base_manager.in_bulk(ids).items()
    }
    for link in links:
        record = records.get((link.kind, link.object_id))
        if record is None:
            yield Break(Fault.RECORD_MISSING, link.number, link.kind, link.object_id)
        elif digest_of(content_of(record)) != link.digest:
            yield Break(Fault.RECORD_CHANGED, link.number, link.kind, link.object_id)


def unsealed_findings() -> Iterator[Break]:
    """Findings that ended, belong to somebody and are in no chain: they were slipped in past the program.

    Those older than the first that was sealed are from before there were chains.
    """
    ended = Finding.objects.filter(ended_at__isnull=False).exclude(bus=None, driver=None)
    sealed = EvidenceLink.objects.filter(kind="findings.finding").values_list("object_id", flat=True)
    known = set(sealed.iterator(chunk_size=PAGE))
    first = min(map(int, known), default=None)
    if first is None:
        return
    for pk in (
        ended.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=PAGE)
    ):
        if str(pk) not in known:
            yield Break(Fault.NOT_SEALED, 0, "findings.finding", str(pk))
