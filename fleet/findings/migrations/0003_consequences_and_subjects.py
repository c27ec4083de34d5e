"""Whom findings are about, how severe they are, and what the law gives for them.

Columns that may not be empty are added with a default that stays in the schema: Django would remake the table for
them on SQLite, and can't remake one with a geometry that has no index (see 0002).
"""

import django.db.models.deletion
import fleet.findings.models
from django.db import migrations, models

TABLE = 'findings_finding'
COLUMNS = {
    'subject': "varchar(64) NOT NULL DEFAULT ''",
    'severity': "varchar(12) NOT NULL DEFAULT 'medium'",
    'penalty': "varchar(200) NOT NULL DEFAULT ''",
}
JSON = {'sqlite': 'text', 'postgresql': 'jsonb'}


def add_columns(_apps, editor):
    """Add the columns that hold something for every finding."""
    details = {'details': f"{JSON[editor.connection.vendor]} NOT NULL DEFAULT '{{}}'"}
    for column, kind in (COLUMNS | details).items():
        editor.execute(f'ALTER TABLE {TABLE} ADD COLUMN {column} {kind}')


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0002_acts_of_people'),
        ('people', '0005_duplicates_told_at_their_field'),
        ('trips', '0002_tracking'),
        ('vehicles', '0004_usual_crews'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_columns, migrations.RunPython.noop)],
            state_operations=[
                migrations.AddField(
                    model_name='finding',
                    name='details',
                    field=models.JSONField(default=dict, verbose_name='details'),
                ),
                migrations.AddField(
                    model_name='finding',
                    name='penalty',
                    field=models.CharField(blank=True, max_length=200, verbose_name='penalty'),
                ),
                migrations.AddField(
                    model_name='finding',
                    name='severity',
                    field=models.CharField(choices=[('record', 'For the record'), ('medium', 'Medium'), ('high', 'High'), ('emergency', 'Emergency')], default='medium', max_length=12, verbose_name='severity'),
                ),
                migrations.AddField(
                    model_name='finding',
                    name='subject',
                    field=models.CharField(blank=True, max_length=64, verbose_name='subject'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='finding',
            name='driver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='people.driver', verbose_name='driver'),
        ),
        migrations.AddField(
            model_name='finding',
            name='points',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='penalty points'),
        ),
        migrations.AddField(
            model_name='finding',
            name='trip',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='trips.trip', verbose_name='trip'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='limit_source',
            field=models.CharField(choices=fleet.findings.models.limit_sources, max_length=32, verbose_name='what sets the limit'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='rule',
            field=models.CharField(choices=fleet.findings.models.rules, max_length=32, verbose_name='rule'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['driver', '-started_at'], name='finding_of_driver'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(condition=models.Q(('subject', ''), _negated=True), fields=('subject', 'rule', 'started_at'), name='finding_once_per_subject_and_start'),
        ),
    ]
