"""The serials of coupons in a table of their own, with those of the coupons that there are."""

from typing import Any

from django.db import migrations, models

from agent.domain.coupon import serial

_PAGE = 1000


def note_those_there_are(apps: Any, schema_editor: Any) -> None:
    """Of two coupons with one serial, which earlier imports could make, the one that was issued first keeps it."""
    rows = apps.get_model("ledger", "CouponSerial")
    coupons = apps.get_model("ledger", "Coupon").objects.order_by("issued_ms", "coupon_id")
    found = (
        rows(serial=serial(coupon_id).replace(" ", ""), coupon_id=coupon_id)
        for coupon_id in coupons.values_list("coupon_id", flat=True).iterator(_PAGE)
    )
    rows.objects.bulk_create(found, batch_size=_PAGE, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_coupon_bound"),
    ]

    operations = [
        migrations.CreateModel(
            name="CouponSerial",
            fields=[
                ("serial", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("coupon_id", models.UUIDField()),
            ],
            options={
                "db_table": "coupon_serial",
            },
        ),
        migrations.RunPython(note_those_there_are, migrations.RunPython.noop),
    ]
