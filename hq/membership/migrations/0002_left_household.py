"""Who left a shared account, and the account that was opened for them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftHousehold",
            fields=[
                ("account_id", models.UUIDField(primary_key=True, serialize=False)),
                ("left_id", models.UUIDField(db_index=True)),
                ("member_id", models.UUIDField(db_index=True)),
                ("at_ms", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=150)),
            ],
            options={
                "db_table": "left_household",
            },
        ),
    ]
