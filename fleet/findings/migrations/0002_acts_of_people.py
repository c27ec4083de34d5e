"""Findings of what people did: no device, nothing measured.

SQLite has no ALTER COLUMN, and Django can't remake a table with a geometry that has no index: its metadata gets lost.
So the constraint is taken out of the schema as SQLite's manual says (lang_altertable.html, "Making Other Kinds Of
Table Schema Changes", the procedure for removing NOT NULL), which also spares copying all findings.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = 'findings_finding'
COLUMNS = {'device_id': 'bigint', 'peak': 'real', 'limit': 'real'}


def allow_null(_apps, editor):
    """Let the columns be empty."""
    if editor.connection.vendor != 'sqlite':
        for column in COLUMNS:
            editor.execute(f'ALTER TABLE {TABLE} ALTER COLUMN {editor.quote_name(column)} DROP NOT NULL')
        return
    with editor.connection.cursor() as cursor:
        schema_version = cursor.execute('PRAGMA schema_version').fetchone()[0]
        cursor.execute('PRAGMA writable_schema = ON')
        for column, kind in COLUMNS.items():
            cursor.execute(
                'UPDATE sqlite_schema SET sql = replace(sql, %s, %s) WHERE type = %s AND name = %s',
                [f'"{column}" {kind} NOT NULL', f'"{column}" {kind} NULL', 'table', TABLE],
            )
        cursor.execute(f'PRAGMA schema_version = {schema_version + 1}')
        cursor.execute('PRAGMA writable_schema = OFF')


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0001_initial'),
        ('vehicles', '0004_usual_crews'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(allow_null, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name='finding',
                    name='device',
                    field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='vehicles.device'),
                ),
                migrations.AlterField(
                    model_name='finding',
                    name='limit',
                    field=models.FloatField(null=True, verbose_name='limit'),
                ),
                migrations.AlterField(
                    model_name='finding',
                    name='limit_source',
                    field=models.CharField(choices=[('ordinary', 'Limit with pupils aboard, no expressway'), ('expressway', 'Limit with pupils aboard, on an expressway'), ('approved_route', 'Approved route')], max_length=32, verbose_name='what sets the limit'),
                ),
                migrations.AlterField(
                    model_name='finding',
                    name='peak',
                    field=models.FloatField(null=True, verbose_name='peak'),
                ),
                migrations.AlterField(
                    model_name='finding',
                    name='rule',
                    field=models.CharField(choices=[('speeding', 'Speeding'), ('gate_override', 'Override of the dispatch gate')], max_length=32, verbose_name='rule'),
                ),
                migrations.AlterField(
                    model_name='finding',
                    name='unit',
                    field=models.CharField(blank=True, max_length=8, verbose_name='unit'),
                ),
            ],
        ),
    ]
