//! All of Python's syntax from 3.8 to 3.14 that both parsers know. PEP 696 (defaults of type parameters) is not in tree-sitter's
//! grammar.

/// Name and text. Each is compared with `\n` and with `\r\n`.
pub(crate) const ALL: &[(&str, &str)] = &[
    ("models", MODELS),
    ("migration", MIGRATION),
    ("statements", STATEMENTS),
    ("match", MATCH),
    ("strings", STRINGS),
    ("typing", TYPING),
    ("layout", LAYOUT),
    ("ends", ENDS),
];

const MODELS: &str = r#"
"""Module docstring."""

from __future__ import annotations

from django.db import models as m
from .base import (
    Base,  # the base
    Other as Another,
)
from . import signals
from .. import *
from ...a.b import c
import a.b.c, d as e


@register(site=admin)
@other
class Book(Base, metaclass=Meta, *bases, **kwargs):
    # preboot: ignore PB101
    title = m.CharField("title", max_length=2**8, choices=[(1, "a"), (2, _("b"))])
    price: Decimal = m.DecimalField(max_digits=10, decimal_places=2)
    author: "Author"
    x = y = z = 1

    class Meta:
        ordering = ["-created", "title"]
        constraints = [m.CheckConstraint(condition=Q(a__gt=1) & ~Q(b=F("c")), name="%(app_label)s_x")]

    def __str__(self) -> str:
        return f"{self.title!r:>{width}} ({self.author})"

    @property
    async def all(self, a, /, b=1, *args: int, c: str = "x", **kw):
        async with a as b, c:
            async for d in e:
                await f(d)
        return [x async for x in y if x if not z]
"#;

const MIGRATION: &str = r#"
import django.db.models.deletion
from django.db import migrations, models


def forwards(apps, schema_editor):
    Book = apps.get_model("books", "Book")
    Book.objects.filter(title="").update(title=None)


class Migration(migrations.Migration):

    initial = True
    atomic = False

    dependencies = [
        ("books", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("body", wagtail.fields.StreamField([("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3), ("heading", 1), ("paragraph", 2), ("image", 3)], use_json_field=True)),
                ("text", models.TextField(help_text=("a" "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" + "c"))),
            ],
            options={"abstract": False, **extra},
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RunSQL(["SELECT 1", ("SELECT %s", [1])], reverse_sql=""),
    ]
"#;

const STATEMENTS: &str = r#"
if a: b
elif c:
    d
elif e: f; g
else:
    h
while (n := next(it)) is not None: break
else: continue
for a, (b, *c) in d, e: pass
for i, in x:
    pass
for x in *a, *b: pass
else:
    pass
try:
    pass
except (A, B) as e:
    raise X(1) from e
except C:
    raise
else:
    pass
finally:
    del a, b[0], c.d
try: pass
except* E as group: pass
try: pass
except A, B: pass
with a as b, c() as (d, e), f: pass
with (a as b, c as d,): pass
with (a, b): pass
with (a): pass
with (a) as b: pass
with (a, b) as c: pass
with (yield): pass
with (open(a) as f): pass
with a() as b.c, d as e[0]: pass
assert a, "message"
assert (a, b)
global x, y
def f():
    nonlocal z
    yield
    yield 1, 2
    x = yield from y
    x = yield a
    await a ** b
    return
    return 1,
    return *a, b
    return *a.b, c
    yield *a.b, c
    del (a), (b, c)
    del (a, b)
lambda: 0
f = lambda a, *b, c=1, **d: (a, b)
a = b = c, d = e
a += 1; b -= 2; c *= 3; d /= 4; e //= 5; f %= 6; g **= 7; h >>= 8; i <<= 9; j &= 10; k ^= 11; l |= 12; m @= 13
a += b,
a.b: int = 1
(a): int
a[b]: int = 1
print >>f, x
print
exec
type = match = case = 1
type.x = match[0] = case
match(a)
print(a, end="")
"#;

const MATCH: &str = r#"
match command.split():
    case ["go", direction] | ["walk", direction]:
        pass
    case Point(x=0, y=-1) | Color.RED as c if c > 1:
        pass
    case {"a": 1, -1: [*_, x], b.c: None, **rest}:
        pass
    case {}:
        pass
    case []:
        pass
    case ():
        pass
    case (a):
        pass
    case (a,):
        pass
    case a.b.c(1, 2.0, d=(True | False)):
        pass
    case 1 + 2j | -1.5 - 3J:
        pass
    case "a" "b" | b"c":
        pass
    case a, *rest:
        pass
    case x,:
        pass
    case *_, y:
        pass
    case Point(x=_, y=(1 | 2) as z):
        pass
    case None | True | False | -0x1F:
        pass
    case _:
        pass
match a, b:
    case _: pass
match *a, b:
    case _: pass
match (a):
    case (1 | 2): pass
match x,:
    case [_, (a, b), [c]]: pass
"#;

const STRINGS: &str = r##"
a = 'x' "y" '''z'''
a = ""
a = r"\d" R'\n' u"\u00e9" U"\x41" "\101\0" "\N{BULLET}"
a = b"x" rb'\x' Rb"y" BR"""z"""
a = f"{x}" f'{y!r}' rf"\d{z:>{w}.{p}}" "{plain}"
a = f"{{}} {x:%Y-%m-%d} {y=} {z = !s:^10}"
a = f"{a["b"]} {'c'} {f"{f'{d}'}"}"
a = f"{x:{y:{z}}}"
a = f"{lambda_(x)} {(lambda y: y)} {[z for z in w]} { {1: 2}[1] }"
a = f"{*a, b} {c, d}"
a = f'''
  multi {
    x  # comment
  } line
'''
a = f"\{x}\n\N{BULLET}\\{y}"
a = f""
a = f"{x}" ""
a = "" f"{x}"
a = t"hello {name!r:>{w}}" t"{x}"
a = """multi
line\
continued"""
a = "a\
b"
a = ("implicit"  # comment
     "concatenation")
a = "ünï😀" f"ñ{é}ü"
a = r"\" "
a = "\'\"\\\a\b\f\n\r\t\v"
a = "\ " r"\{" "\8\9"
a = f"{x:\n}" f"{x!r:}"
"##;

const TYPING: &str = r#"
type A = int | str
type B[T] = list[T] | None
type C[T: int, *Ts, **P] = Callable[P, T]
def f[T](x: T, *args: *Ts, y: list[int] | None = None) -> dict[str, list[T]]: ...
class D[T: (int, str)](Base[T], Generic[T]): ...
a: list[int, str] = []
a: "X" = 1
a: Callable[[int, str], None] | None
a: Literal["x", -1, None]
a: tuple[int, ...] = (1,)
a: tuple[()] = ()
a: tuple[*Ts]
a: typing.Optional[typing.Union[int, str]]
a: np.ndarray[int]
a: list[int,]
a: dict[str, Annotated[int, Field(gt=1)]]
a: Annotated[int, x[1:2]]
a: (int)
a: int if x else str
a: lambda: x
a: type[X]
a: list["X"] | "Y"
x: int = yield
def g(a: (yield), b: c.d = e, *, f, **h: i) -> (j): pass
def g(a, b, /, c, *, d): pass
def g(*, a: int = 1): pass
def g(
    a,  # comment
    *args,
): pass
"#;

const LAYOUT: &str = "\
x = 1 ; y = 2 ;\n\
if x:\n\ty = 1\n\tif z:\n\t\tw = 2\n\
# comment\n\
  # indented comment\n\
\x0c\n\
def f():\n    pass\n    # trailing\n\n# more\n\
a = [  # one\n  1,\n  # two\n  2,\n]\n\
b = a \\\n  + c\n\
from a . b \\\n  . c import d\n\
import e . f\n\
naïve = 'ü' # ünï\n\
def naïve(é=1): return é\n\
class A:\n    '''doc'''\n    x = 1  # preboot: ignore\n\n\n# preboot: at the end\n\
if a: pass;\n\
for x in y: pass;\n\
if a:\n    pass;\n\
z = (  # c\n  1\n)\n\
z = f(  # c\n  # d\n  a,\n  # e\n  *b, # g\n)\n";

/// Nothing after the last statement, not even a line end.
const ENDS: &str = "class A:\n  def f(self):\n    if x:\n      return 1";

/// Each line is compared on its own.
pub(crate) const LINES: &str = include_str!("lines.txt");
