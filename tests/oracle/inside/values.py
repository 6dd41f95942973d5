"""Invents values that a field accepts: the n-th ordinary one, the largest one, and unusual ones."""

import datetime
import decimal
import uuid

from django.db import models

UTC = datetime.timezone.utc


def ordinary(field, n):
    """The n-th value of a field that is no relation; values of different n differ wherever the field has room for it."""
    if field.choices:
        flat = [value for value, _ in field.flatchoices]
        return flat[n % len(flat)]
    for base, make in ORDINARY:
        if isinstance(field, base):
            return make(field, n)
    return ordinary_of_type(field, n)


def ordinary_of_type(field, n):
    """A field of `django.contrib.postgres`, told apart by name because its module needs the driver."""
    name = type(field).__name__
    if name == "ArrayField":
        return [ordinary(field.base_field, n), ordinary(field.base_field, n + 1)]
    if name == "HStoreField":
        return {"key": f"v{n}"}
    if name in ("IntegerRangeField", "BigIntegerRangeField", "DecimalRangeField"):
        return (n * 10, n * 10 + 5)
    if name == "DateRangeField":
        day = datetime.date(2024, 1, 1) + datetime.timedelta(days=10 * n)
        return (day, day + datetime.timedelta(days=3))
    if name == "DateTimeRangeField":
        moment = datetime.datetime(2024, 1, 1, tzinfo=UTC) + datetime.timedelta(days=10 * n)
        return (moment, moment + datetime.timedelta(days=3))
    if name == "SearchVectorField":
        return f"word{n}"
    return f"v{n}"


def text(field, n):
    """Short enough for the field, and different for different n."""
    value = f"v{n}"
    limit = field.max_length
    if limit is None or limit >= len(value):
        return value
    return chr(ord("a") + n % 26) if limit == 1 else f"{n:0{limit}d}"[-limit:]


def number(field, n):
    """A small positive number that has the field's digits."""
    whole = field.max_digits - field.decimal_places
    return decimal.Decimal((n + 1) % 10**whole) + (decimal.Decimal(1).scaleb(-field.decimal_places) if field.decimal_places else 0)


ORDINARY = (
    (models.BooleanField, lambda field, n: n % 2 == 0),
    (models.DateTimeField, lambda field, n: datetime.datetime(2024, 1, 1, 9, 30, tzinfo=UTC) + datetime.timedelta(days=n)),
    (models.DateField, lambda field, n: datetime.date(2024, 1, 1) + datetime.timedelta(days=n)),
    (models.TimeField, lambda field, n: datetime.time(9, n % 60)),
    (models.DurationField, lambda field, n: datetime.timedelta(minutes=n)),
    (models.DecimalField, number),
    (models.FloatField, lambda field, n: n + 1.5),
    (models.IntegerField, lambda field, n: n + (701 if field.primary_key and n > 2 else 1)),
    (models.UUIDField, lambda field, n: uuid.UUID(int=n + 1)),
    (models.GenericIPAddressField, lambda field, n: f"10.0.0.{n % 250}"),
    (models.JSONField, lambda field, n: {"n": n}),
    (models.BinaryField, lambda field, n: b"v%d" % n),
    (models.EmailField, lambda field, n: f"v{n}@example.org"),
    (models.URLField, lambda field, n: f"https://example.org/{n}"),
    (models.SlugField, text),
    (models.CharField, text),
    (models.TextField, text),
)

INTEGERS = (
    (models.PositiveBigIntegerField, 2**63 - 1),
    (models.PositiveSmallIntegerField, 2**15 - 1),
    (models.PositiveIntegerField, 2**31 - 1),
    (models.BigIntegerField, 2**63 - 1),
    (models.SmallIntegerField, 2**15 - 1),
    (models.IntegerField, 2**31 - 1),
)


def largest(field):
    """The largest value that the field's own rules allow, or None where they have no edge."""
    if field.choices:
        return max((value for value, _ in field.flatchoices if isinstance(value, str)), key=len, default=None)
    for base, edge in INTEGERS:
        if isinstance(field, base):
            return edge
    if isinstance(field, models.DecimalField):
        return decimal.Decimal(10**field.max_digits - 1).scaleb(-field.decimal_places)
    if isinstance(field, models.FloatField):
        return 1e300
    if isinstance(field, (models.EmailField, models.URLField)):
        start, end = ("https://example.org/", "") if isinstance(field, models.URLField) else ("", "@example.org")
        return start + "x" * (field.max_length - len(start) - len(end)) + end if field.max_length else None
    if isinstance(field, (models.CharField, models.FileField)):
        return "x" * field.max_length if field.max_length else "x" * 3000
    if isinstance(field, models.TextField):
        return "x" * 3000
    return None


def unusual(field):
    """Values that the field's own rules allow and a new rule may not."""
    if field.choices:
        return [value for value, _ in field.flatchoices]
    if isinstance(field, models.BooleanField):
        return [True, False]
    if isinstance(field, (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)):
        return [0, 7_700]
    if isinstance(field, models.IntegerField):
        return [-7, 0, 7_700]
    if isinstance(field, models.DecimalField):
        return [-number(field, 2), decimal.Decimal(0)]
    if isinstance(field, models.FloatField):
        return [-7.5, 0.0, 7_700.5]
    if isinstance(field, models.DateTimeField):
        return [datetime.datetime(year, 1, 1, tzinfo=UTC) for year in (1950, 2050)]
    if isinstance(field, models.DateField):
        return [datetime.date(year, 1, 1) for year in (1950, 2050)]
    if isinstance(field, (models.EmailField, models.URLField)):
        return [""]
    if isinstance(field, (models.CharField, models.TextField)):
        return ["", "z", "?? !"[: field.max_length]]
    return []
