"""Coupon batches: what became of them, a new one, its file, its end, and the rest of one that was interrupted."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from agent.domain.errors import LoyaltyError
from hq import clock
from hq.batches.coupon_file import write_coupons
from hq.batches.ending import void_batch
from hq.batches.making import MAX_BATCH, carry_on, make_batch
from hq.batches.models import BatchStore, CouponBatch
from hq.batches.serial_file import read_serials
from hq.batches.whom import Owners, members_in, members_of
from hq.columns import key
from hq.console import words
from hq.csv_lines import MAX_FILE_BYTES
from hq.devices.models import Store
from hq.programs import publishing
from hq.segments.models import MemberSegment

MAY_SEE = "batches.view_couponbatch"
MAY_MAKE = "batches.add_couponbatch"
MAY_VOID = "batches.change_couponbatch"
# A page answers within a minute; longer batches are made with the command.
MAX_HERE = 5_000
_SHOWN = 100
_ALL, _OF = "members", "segment:"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with how many of its coupons are in which state."""

    batch_id: str
    title: str
    program: str
    stores: str
    first: str
    last: str
    made: str
    free: str
    held: str
    redeemed: str
    void: str
    missing: str
    expired: bool
    void_reason: str
    may_end: bool


class BatchForm(forms.Form):
    """A new batch: so many coupons, or those of a file."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100, required=False)
    program = forms.ChoiceField(label=gettext_lazy("Program"))
    stores = forms.MultipleChoiceField(
        label=gettext_lazy("Stores"), widget=forms.CheckboxSelectMultiple(attrs={"class": "hq-checks"})
    )
    valid_from = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    count = forms.IntegerField(
        label=gettext_lazy("How many"), required=False, min_value=1, max_value=MAX_HERE
    )
    to = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    members = forms.FileField(
        label=gettext_lazy("Or for these members"),
        required=False,
        help_text=gettext_lazy(
            "A CSV file with the column member (phone, e-mail, card or id): electronic coupons."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("Or their serials"),
        required=False,
        help_text=gettext_lazy("A CSV file with the column serial, for coupons that were printed elsewhere."),
        widget=UnfoldAdminFileFieldWidget,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        program_set, language = publishing.active(), words.language()
        programs = program_set.programs if program_set is not None else ()
        self.fields["program"].choices = [  # type: ignore[attr-defined]
            (one.id, one.title(language)) for one in programs if one.kind in ("coupon", "experience")
        ]
        segments = MemberSegment.objects.values_list("segment", flat=True).distinct().order_by("segment")
        titles = words.titles(program_set)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("whoever brings one: printed coupons")),
            (_ALL, _("every member of these stores: electronic coupons")),
            *(
                (f"{_OF}{one}", _("members in {segment}").format(segment=titles.get(one, one)))
                for one in segments
            ),
        ]
        stores = [(one.pk, one.name) for one in Store.objects.order_by("name")]
        self.fields["stores"].choices = stores  # type: ignore[attr-defined]
        # Most shops have one; of several it is a decision.
        self.fields["stores"].initial = [stores[0][0]] if len(stores) == 1 else []


def batches_context(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """What the page shows, and whether something was done. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    making = request.method == "POST" and not {"void", "carry_on"} & set(request.POST)
    form = BatchForm(request.POST if making else None, request.FILES if making else None)
    problems: list[str] = []
    done = False
    if request.method == "POST" and "void" in request.POST:
        done = _void(request)
    elif request.method == "POST" and "carry_on" in request.POST:
        done = _carry_on(request)
    elif making:
        if not request.user.has_perm(MAY_MAKE):
            raise PermissionDenied
        if form.is_valid():
            problems = _make(request, form.cleaned_data)
            done = not problems
    return {
        "title": _("Coupon batches"),
        "form": form,
        "problems": problems,
        "batches": _lines(),
        "may_make": request.user.has_perm(MAY_MAKE),
        "may_void": request.user.has_perm(MAY_VOID),
    }, done


def batch_file(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The batch's coupons as CSV. Raises PermissionDenied or Http404."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    batch = CouponBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    text = io.StringIO(newline="")
    write_coupons(batch, text)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="coupons-{batch.pk}.csv"'
    return answer


def _make(request: HttpRequest, told: dict[str, Any]) -> list[str]:
    """Make the batch; what is wrong with it."""
    stores = list(Store.objects.filter(pk__in=told["stores"]).order_by("pk"))
    serials: list[str] | int = told["count"] or 0
    if told["file"] is not None:
        read = read_serials(told["file"].read(MAX_FILE_BYTES + 1))
        if read.problems:
            return [str(problem) for problem in read.problems]
        serials = read.serials
    owners = _owners(told, stores)
    if owners is not None and owners.problems:
        return [str(problem) for problem in owners.problems]
    accounts = owners.accounts if owners is not None else []
    if owners is not None and not accounts:
        return [_("No member of these stores is meant. Choose others.")]
    count = len(accounts) or (serials if isinstance(serials, int) else len(serials))
    if count > MAX_HERE:
        told_most = _("Here a batch has at most {here} coupons; regulars-hq coupon-batch makes up to {most}.")
        return [told_most.format(here=words.whole(MAX_HERE), most=words.whole(MAX_BATCH))]
    try:
        make_batch(
            publishing.active(),
            program_id=told["program"],
            stores=stores,
            valid_from=told["valid_from"],
            valid_until=told["valid_until"],
            serials=serials,
            title=told["title"],
            by=request.user.get_username(),
            now_ms=clock.now_ms(),
            owners=accounts,
        )
    except LoyaltyError as error:
        return [f"{error.title} {error.advice}"]
    said = ngettext("{count} coupon was made.", "{count} coupons were made.", count)
    messages.success(request, said.format(count=words.whole(count)))
    return []


def _owners(told: dict[str, Any], stores: Sequence[Store]) -> Owners | None:
    """Whose the coupons are; None where they belong to whoever brings them."""
    if told["members"] is not None:
        return members_in(told["members"].read(MAX_FILE_BYTES + 1), stores)
    if told["to"] == _ALL:
        return members_of(stores)
    if told["to"].startswith(_OF):
        return members_of(stores, told["to"].removeprefix(_OF))
    return None


def _void(request: HttpRequest) -> bool:
    if not request.user.has_perm(MAY_VOID):
        raise PermissionDenied
    batch = _named(request.POST["void"])
    if batch is None:
        return False
    try:
        gone = void_batch(batch, request.POST.get("reason", ""), clock.now_ms())
    except LoyaltyError as error:
        messages.error(request, f"{error.title} {error.advice}")
        return True
    said = ngettext(
        "{count} coupon that was not used counts no more.",
        "{count} coupons that were not used count no more.",
        gone,
    )
    messages.success(request, said.format(count=words.whole(gone)))
    return True


def _carry_on(request: HttpRequest) -> bool:
    """Make what is missing of a batch, as much as a page may."""
    if not request.user.has_perm(MAY_MAKE):
        raise PermissionDenied
    batch = _named(request.POST["carry_on"])
    if batch is None:
        return False
    try:
        made = carry_on(batch, clock.now_ms(), most=MAX_HERE)
    except LoyaltyError as error:
        messages.error(request, f"{error.title} {error.advice}")
        return True
    said = ngettext("{count} coupon was made.", "{count} coupons were made.", made)
    messages.success(request, said.format(count=words.whole(made)))
    return True


def _named(text: str) -> CouponBatch | None:
    try:
        return CouponBatch.objects.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None


def _lines() -> list[BatchLine]:
    titles = words.titles(publishing.active())
    stores = {one.pk: one for one in Store.objects.all()}
    today = datetime.datetime.fromtimestamp(clock.now_ms() / 1000, datetime.UTC).date()
    found = []
    for batch in CouponBatch.objects.order_by("-made_ms")[:_SHOWN]:
        states = _states(batch.pk)
        unused = states.get("free", 0) + states.get("held", 0)
        lacking = states.get(None, 0)
        store = stores.get(batch.store_id)
        found.append(
            BatchLine(
                batch_id=str(batch.pk),
                title=batch.title,
                program=titles.get(batch.program_id, batch.program_id),
                stores=_names(batch, stores),
                first=words.day(batch.valid_from),
                last=words.day(batch.valid_until),
                made=words.when(batch.made_ms, store.zone if store is not None else "UTC"),
                free=words.whole(states.get("free", 0)),
                held=words.whole(states.get("held", 0)),
                redeemed=words.whole(states.get("redeemed", 0)),
                void=words.whole(states.get("void", 0)),
                missing=words.whole(lacking) if lacking and not batch.void_reason else "",
                expired=batch.valid_until < today,
                void_reason=batch.void_reason,
                # One that is void and has coupons left: somebody was kept from ending it, or a sale brought one back.
                may_end=not batch.void_reason or unused > 0,
            )
        )
    return found


def _names(batch: CouponBatch, stores: Mapping[str, Store]) -> str:
    ids = BatchStore.objects.filter(batch_id=batch.pk).values_list("store_id", flat=True)
    if len(ids) == len(stores) > 1:
        return _("all stores")
    return ", ".join(sorted(stores[one].name if one in stores else one for one in ids))


def _states(batch_id: uuid.UUID) -> dict[str | None, int]:
    """How many coupons are in each state; None: not made yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.state, COUNT(*) FROM batch_coupon b LEFT JOIN coupon c ON c.coupon_id = b.coupon_id"
            " WHERE b.batch_id = %s GROUP BY c.state",
            [key(batch_id)],
        )
        return dict(cursor.fetchall())
