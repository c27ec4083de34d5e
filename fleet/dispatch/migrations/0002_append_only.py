"""What the gate was asked and answered can't be changed behind Django's back either."""

from django.db import migrations

from fleet.append_only import make_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('dispatch', '0001_initial'),
    ]

    operations = [
        make_append_only('dispatch_gatecheck', 'dispatch_gateoverride', 'dispatch_overrideconfirmation'),
    ]
