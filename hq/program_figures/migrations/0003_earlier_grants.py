"""What HQ gave by itself before is to be counted too: under HQ's own origin, which is no register's chain."""

from django.db import migrations

_EARLIER = """
    INSERT INTO program_figures_earlier (chain_id, reached, last_seq)
    SELECT origin, 0, (SELECT MAX(seq) FROM occasion_grant) FROM hq_state
    WHERE EXISTS (SELECT 1 FROM occasion_grant)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("program_figures", "0002_earlier_entries"),
        ("feed", "0001_initial"),
        ("occasions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(_EARLIER, migrations.RunSQL.noop)]
