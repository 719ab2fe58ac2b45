"""Coupon batches: what became of them, a new one, its file, and its end."""

from __future__ import annotations

import datetime
import io
import uuid
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
from hq.batches.making import MAX_BATCH, known_serials, make_batch, void_batch
from hq.batches.models import CouponBatch
from hq.batches.serial_file import read_serials, write_coupons
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
    store: str
    first: str
    last: str
    made: str
    free: str
    held: str
    redeemed: str
    void: str
    expired: bool
    void_reason: str


class BatchForm(forms.Form):
    """A new batch: so many coupons, or those of a file."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100, required=False)
    program = forms.ChoiceField(label=gettext_lazy("Program"))
    store = forms.ChoiceField(label=gettext_lazy("Store"))
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
            (_ALL, _("every member of the store: electronic coupons")),
            *(
                (f"{_OF}{one}", _("members in {segment}").format(segment=titles.get(one, one)))
                for one in segments
            ),
        ]
        self.fields["store"].choices = [(one.pk, one.name) for one in Store.objects.order_by("name")]  # type: ignore[attr-defined]


def batches_context(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """What the page shows, and whether something was done. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    making = request.method == "POST" and "void" not in request.POST
    form = BatchForm(request.POST if making else None, request.FILES if making else None)
    problems: list[str] = []
    done = False
    if request.method == "POST" and not making:
        done = _void(request)
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
    store = Store.objects.get(pk=told["store"])
    serials: list[str] | int = told["count"] or 0
    if told["file"] is not None:
        read = read_serials(told["file"].read(MAX_FILE_BYTES + 1), known_serials(store))
        if read.problems:
            return [str(problem) for problem in read.problems]
        serials = read.serials
    owners = _owners(told, store)
    if owners is not None and owners.problems:
        return [str(problem) for problem in owners.problems]
    accounts = owners.accounts if owners is not None else []
    if owners is not None and not accounts:
        return [_("No member of the store is meant. Choose others.")]
    count = len(accounts) or (serials if isinstance(serials, int) else len(serials))
    if count > MAX_HERE:
        told_most = _("Here a batch has at most {here} coupons; regulars-hq coupon-batch makes up to {most}.")
        return [told_most.format(here=words.whole(MAX_HERE), most=words.whole(MAX_BATCH))]
    try:
        make_batch(
            publishing.active(),
            program_id=told["program"],
            store=store,
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


def _owners(told: dict[str, Any], store: Store) -> Owners | None:
    """Whose the coupons are; None where they belong to whoever brings them."""
    if told["members"] is not None:
        return members_in(told["members"].read(MAX_FILE_BYTES + 1), store)
    if told["to"] == _ALL:
        return members_of(store)
    if told["to"].startswith(_OF):
        return members_of(store, told["to"].removeprefix(_OF))
    return None


def _void(request: HttpRequest) -> bool:
    if not request.user.has_perm(MAY_VOID):
        raise PermissionDenied
    try:
        batch = CouponBatch.objects.filter(pk=uuid.UUID(request.POST["void"])).first()
    except ValueError:
        batch = None
    if batch is None:
        return False
    gone = void_batch(batch, request.POST.get("reason", ""), clock.now_ms())
    said = ngettext(
        "{count} coupon that was not used counts no more.",
        "{count} coupons that were not used count no more.",
        gone,
    )
    messages.success(request, said.format(count=words.whole(gone)))
    return True


def _lines() -> list[BatchLine]:
    titles = words.titles(publishing.active())
    stores = {one.pk: one for one in Store.objects.all()}
    today = datetime.datetime.fromtimestamp(clock.now_ms() / 1000, datetime.UTC).date()
    found = []
    for batch in CouponBatch.objects.order_by("-made_ms")[:_SHOWN]:
        states = _states(batch.pk)
        store = stores.get(batch.store_id)
        found.append(
            BatchLine(
                batch_id=str(batch.pk),
                title=batch.title,
                program=titles.get(batch.program_id, batch.program_id),
                store=store.name if store is not None else batch.store_id,
                first=words.day(batch.valid_from),
                last=words.day(batch.valid_until),
                made=words.when(batch.made_ms, store.zone if store is not None else "UTC"),
                free=words.whole(states.get("free", 0)),
                held=words.whole(states.get("held", 0)),
                redeemed=words.whole(states.get("redeemed", 0)),
                void=words.whole(states.get("void", 0)),
                expired=batch.valid_until < today,
                void_reason=batch.void_reason,
            )
        )
    return found


def _states(batch_id: uuid.UUID) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.state, COUNT(*) FROM batch_coupon b JOIN coupon c ON c.coupon_id = b.coupon_id"
            " WHERE b.batch_id = %s GROUP BY c.state",
            [key(batch_id)],
        )
        return dict(cursor.fetchall())
