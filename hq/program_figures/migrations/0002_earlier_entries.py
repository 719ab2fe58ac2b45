"""Every chain that HQ has posted from before is to be counted, by the projector's thread, from its beginning."""

from django.db import migrations

_EARLIER = """
    INSERT INTO program_figures_earlier (chain_id, reached, last_seq)
    SELECT chain_id, 0, projected_seq FROM chain WHERE projected_seq > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("program_figures", "0001_initial"),
        ("devices", "0001_initial"),
        ("ingest", "0002_returns"),
        ("experiments", "0001_initial"),
    ]
    operations = [migrations.RunSQL(_EARLIER, migrations.RunSQL.noop)]
