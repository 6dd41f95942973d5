"""Tries what a program does with its models, each try in a transaction that is rolled back, and tells what failed.

A failure is `{"model", "kind", "probe", "field", "condition", "error", "rare"}`. `kind` is one of read, filter, relation, insert, update,
delete, m2m; `condition` is None where an ordinary call fails every time.
"""

from django.db import connection, transaction
from django.db.models import ProtectedError, RestrictedError

import conditions
import ordinary
import rows

models = rows.concrete


class Prober:
    """Runs the tries of one model and collects what failed."""

    def __init__(self, model, loaded, is_consistent):
        self.model = model
        self.loaded = loaded
        self.is_consistent = is_consistent
        self.failures = []

    def attempt(self, kind, probe, call, field=None, condition=None, rare=False):
        """Whether `call` worked; what it did is undone."""
        try:
            with transaction.atomic():
                try:
                    call()
                    # Deferred foreign keys complain at COMMIT, so ask for them now.
                    if self.is_consistent:
                        connection.check_constraints()
                finally:
                    transaction.set_rollback(True)
        except (ProtectedError, RestrictedError):
            return True
        except ordinary.NotApplicable:
            return True
        except Exception as error:
            is_changed = condition == "boundary_value" or kind == "update" and probe in ("queryset", "save_field")
            condition = conditions.nature(self.model, error, is_changed) or condition
            self.failures.append(
                {
                    "model": self.model._meta.label,
                    "kind": kind,
                    "probe": probe,
                    "field": field,
                    "condition": condition,
                    "error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}",
                    "rare": rare,
                }
            )
            return False
        return True

    def broken(self, *kinds):
        """Whether an ordinary call of one of these kinds failed."""
        return any(failure["kind"] in kinds and failure["condition"] is None for failure in self.failures)


def is_consistent():
    """Whether all foreign keys hold now, so that a broken one later is the try's doing; MariaDB asks at once, and never later."""
    if connection.vendor == "mysql":
        return False
    try:
        with transaction.atomic():
            connection.check_constraints()
    except Exception:
        return False
    return True


def run(loaded):
    """The failures of every model, the ordinary calls first."""
    failures = []
    consistent = is_consistent()
    for model in models():
        prober = Prober(model, loaded.get(model) or rows.unread(model), consistent)
        ordinary.probe(prober)
        conditions.probe(prober)
        failures += prober.failures
    return failures
