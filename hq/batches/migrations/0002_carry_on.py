"""What a batch needs to be carried on and to count in several stores; those there are count in theirs."""

from typing import Any

from django.db import migrations, models


def name_their_store(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("batches", "BatchStore")
    batches = apps.get_model("batches", "CouponBatch").objects.values_list("batch_id", "store_id")
    rows.objects.bulk_create(rows(batch_id=batch_id, store_id=store_id) for batch_id, store_id in batches)


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="batchcoupon",
            name="owner_account_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="BatchStore",
            fields=[
                ("pk", models.CompositePrimaryKey("batch_id", "store_id", primary_key=True, serialize=False)),
                ("batch_id", models.UUIDField()),
                ("store_id", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "batch_store",
            },
        ),
        migrations.RunPython(name_their_store, migrations.RunPython.noop),
    ]
