"""Regulation profiles: the law's numbers, with their sources, and those that hold on a day."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterSchema, Query, Router, Schema
from pydantic import StringConstraints

from fleet.regulations.models import Bound, Certainty, RegulationNumber, RegulationProfile, Status
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from fleet.tokens.models import Scope
from web.api.auth import reading
from web.api.fields import Day, Id, MaybeText
from web.api.paging import Page, Paging, page_of
from web.api.problems import Problem

router = Router(tags=["regulations"], auth=reading(Scope.REGISTRY_READ))

Jurisdiction = Annotated[str, StringConstraints(pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class NumberAnswer(Schema):
    """A number of the law."""

    key: str
    value: float
    unit: str
    bound: Bound = Field(description="How it holds; the number itself is inside, but with over and under.")
    article: MaybeText
    source: MaybeText
    certainty: Certainty
    to_be_confirmed: bool = Field(description="Nobody has read it in the law itself.")
    note: MaybeText


class ProfileAnswer(Schema):
    """A version of a jurisdiction's numbers."""

    id: int
    code: str
    name: str
    name_en: MaybeText
    jurisdiction: str
    version: int
    valid_from: date
    valid_until: date | None
    status: Status
    enabled: bool = Field(description="Whether it is switched on.")
    reason: MaybeText
    proposed_by_id: int | None
    approved_by_id: int | None
    approved_at: datetime | None


class ProfileDetail(ProfileAnswer):
    """A version with its numbers."""

    numbers: list[NumberAnswer]

    @staticmethod
    def resolve_numbers(profile: RegulationProfile) -> list[RegulationNumber]:
        """Its numbers, by key."""
        return list(profile.numbers.all())


class LawOfDay(Schema):
    """The numbers by which a day is judged."""

    jurisdiction: str
    day: date
    profile: str = Field(
        description="Code of the profile; where a province's goes before its country's, of both."
    )
    numbers: list[NumberAnswer]


class ProfileFilter(FilterSchema):
    """Which versions."""

    jurisdiction: Jurisdiction | None = None
    status: Status | None = None
    enabled: bool | None = None


@router.get("/regulation-profiles", response=Page[ProfileAnswer])
def list_profiles(
    request: HttpRequest, filters: Query[ProfileFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """All versions, by code."""
    return page_of(filters.filter(RegulationProfile.objects.all()), paging, "code")


@router.get("/regulation-profiles/{pk}", response=ProfileDetail)
def show_profile(request: HttpRequest, pk: Id) -> RegulationProfile:
    """One version, with its numbers."""
    return get_object_or_404(RegulationProfile, pk=pk)


@router.get("/law", response={200: LawOfDay, 409: Problem})
def law_of_day(
    request: HttpRequest, day: Day | None = None, jurisdiction: Jurisdiction = HERE
) -> dict[str, Any]:
    """The numbers that hold on a day, today where none is given; 409 where no profile is in force."""
    day = day or timezone.localdate()
    law = profile_for(jurisdiction, day)
    numbers = [law.numbers[key] for key in sorted(law.numbers)]
    return {"jurisdiction": jurisdiction, "day": day, "profile": law.code, "numbers": numbers}
