use super::check;
use expect_test::expect;

#[test]
fn names_lead_through_any_import() {
    check(
        r#"
        import django.db.models as m
        import os.path
        from django.db import migrations as mig, models
        from django.db.migrations import RemoveField as RF
        from . import signals
        from .constants import MAX
        from ..shop.models import Book as B

        A = m.CharField
        C = os.path.join
        D = mig.AddField
        E = RF
        F = signals.saved
        G = MAX
        H = B.objects
        I = dict
        J = missing
        "#,
        expect![[r#"
            import m = django.db.models
            import os = os
            import mig = django.db.migrations
            import models = django.db.models
            import RF = django.db.migrations.RemoveField
            import signals = .signals
            import MAX = .constants.MAX
            import B = ..shop.models.Book
            A = django.db.models.CharField
            C = os.path.join
            D = django.db.migrations.AddField
            E = django.db.migrations.RemoveField
            F = .signals.saved
            G = .constants.MAX
            H = ..shop.models.Book.objects
            I = builtins.dict
            J = :missing
        "#]],
    );
}

#[test]
fn imports_inside_try_and_if() {
    check(
        r#"
        from typing import TYPE_CHECKING
        try:
            from django.db.models import JSONField
        except ImportError:
            from django.contrib.postgres.fields import JSONField
        try:
            import uuid7
        except ImportError:
            uuid7 = None
        if TYPE_CHECKING:
            from .models import Book

        A = JSONField
        B = Book
        C = uuid7
        "#,
        expect![[r#"
            import TYPE_CHECKING = typing.TYPE_CHECKING
            import JSONField = django.db.models.JSONField
            import uuid7 = uuid7
            import Book = .models.Book
            A = django.db.models.JSONField
            B = .models.Book
            C = uuid7
        "#]],
    );
}

#[test]
fn operators_are_computed() {
    check(
        r#"
        NAME = "book"
        A = "shop_" + NAME
        B = "%s_%d" % (NAME, 7)
        C = "%(a)s %%" % {"a": NAME}
        D = "{}-{0}".format(NAME)
        D2 = "{0}-{n} {{}}".format(NAME, n=3)
        E = f"{NAME}!"
        F = f"{NAME!r} {NAME:>10} {(NAME)}"
        G = "-".join([NAME, "x"])
        H = "-".join(["a", unknown()])
        I = -1
        J = 60 * 60 * 24
        K = [1] + [2] + list((3,))
        L = (1,) + helper()
        M = helper() + [1]
        N = dict(a=1, **{"b": 2})
        O = {**N, "c": 3}
        P = N["b"]
        Q = [10, 20][-1]
        R = not []
        S = "a" if NAME == "book" else "b"
        T = "a" if unknown else "b"
        U = NAME in ("x", "book") and (4, 2) >= (3, 2)
        V = "x" "y"
        W = -0.5
        X = "%.2f" % 3
        "#,
        expect![[r#"
            A = "shop_book"
            B = "book_7"
            C = "book %"
            D = "book-book"
            D2 = "book-3 {}"
            E = "book!"
            F = f(?, " ", ?, " book")
            G = "book-x"
            H = "-".join(["a", :unknown()])
            I = -1
            J = 86400
            K = [1, 2, 3]
            L = (1, *:helper())
            M = [*:helper(), 1]
            N = {"a": 1, "b": 2}
            NAME = "book"
            O = {"a": 1, "b": 2, "c": 3}
            P = 2
            Q = 20
            R = True
            S = "a"
            T = ("a" if :unknown else "b")
            U = True
            V = "xy"
            W = -0.5
            X = ("%.2f" % 3)
        "#]],
    );
}

#[test]
fn methods_and_builtins_are_computed() {
    check(
        r#"
        import textwrap
        from itertools import chain
        A = " x ".strip().upper()
        B = "a b".split() + "a,b".split(",")
        C = textwrap.dedent("    SELECT 1\n      FROM x\n\n")
        D = {"a": 1}.get("a"), {"a": 1}.get("b", 2), {"a": 1}.get(unknown)
        E = list({"a": 1}.items())
        F = sorted({"b", "a"})
        G = tuple(range(3))
        H = [a + b for a, b in zip("xy".split("x"), ["p", "q"])]
        I = str(1), len([1, 2]), list(reversed([1, 2]))
        J = "aXb".replace("X", "-")
        K = frozenset(["a"])
        L = list(enumerate(["a"]))
        M = dict([("a", 1)])
        N = list(chain(*[[n, n] for n in (1, 2)]))
        O = list(chain.from_iterable([[1], unknown]))
        P = sum([[1], [2]], [])
        Q = "abcdef"[2:], "abcdef"[-2:], "abc"[5:1], [1, 2, 3][:-1], (1, 2, 3)[1:2], "abc"[::2], x[1:]
        "#,
        expect![[r#"
            import textwrap = textwrap
            import chain = itertools.chain
            A = "X"
            B = ["a", "b", "a", "b"]
            C = "SELECT 1\n  FROM x\n\n"
            D = (1, 2, {"a": 1}.get(:unknown))
            E = [("a", 1)]
            F = ["a", "b"]
            G = (0, 1, 2)
            H = ["p", "yq"]
            I = ("1", 2, [2, 1])
            J = "a-b"
            K = {"a"}
            L = [(0, "a")]
            M = {"a": 1}
            N = [1, 1, 2, 2]
            O = [1, *:unknown]
            P = [1, 2]
            Q = ("cdef", "ef", "", [1, 2], (2,), "abc"[builtins.slice(None, None, 2)], :x[builtins.slice(1, None, None)])
        "#]],
    );
}

#[test]
fn settings_are_names() {
    check(
        r#"
        from django.conf import settings
        from django.contrib.auth import get_user_model
        A = settings.AUTH_USER_MODEL
        B = getattr(settings, "AUTH_USER_MODEL", "auth.User")
        User = get_user_model()
        C = User
        "#,
        expect![[r#"
            import settings = django.conf.settings
            import get_user_model = django.contrib.auth.get_user_model
            A = django.conf.settings.AUTH_USER_MODEL
            B = django.conf.settings.AUTH_USER_MODEL
            C = django.contrib.auth.get_user_model()
            User = django.contrib.auth.get_user_model()
        "#]],
    );
}

#[test]
fn comprehensions_over_known_items() {
    check(
        r#"
        NAMES = ["a", "b"]
        A = [f"{n}_{i}" for n in NAMES for i in (1, 2) if n != "b" or i == 2]
        B = {n: n.upper() for n in NAMES}
        C = ", ".join(n for n in NAMES)
        D = [n for n in unknown()]
        E = [n for n in NAMES if unknown(n)]
        F = [(k, v) for k, v in B.items()]
        n = "outside"
        G = n
        "#,
        expect![[r#"
            A = ["a_1", "a_2", "b_2"]
            B = {"a": "A", "b": "B"}
            C = "a, b"
            D = [$n for $n in :unknown()]
            E = [$n for $n in ["a", "b"] if :unknown($n)]
            F = [("a", "A"), ("b", "B")]
            G = "outside"
            NAMES = ["a", "b"]
            n = "outside"
        "#]],
    );
}

#[test]
fn a_plain_class_gives_its_attributes_and_an_enumeration_does_not() {
    check(
        r#"
        from django.db import models

        class Limits:
            NAME = 100

        class Status(models.TextChoices):
            DRAFT = "draft", "Draft"

        A = Limits.NAME
        B = Status.DRAFT
        C = Status.choices
        "#,
        expect![[r#"
            import models = django.db.models
            A = 100
            B = :Status.DRAFT
            C = :Status.choices
            class Limits()
              NAME = 100
            class Status(django.db.models.TextChoices)
              DRAFT = ("draft", "Draft")
        "#]],
    );
}

#[test]
fn functions_of_the_file_are_replaced_by_what_they_return() {
    check(
        r#"
        def table(name, app="shop", *parts, **options):
            """The table of a model."""
            prefix = app + "_"
            return prefix + name

        def rest(first, *others, **options):
            return [first, others, options]

        def choose(flag):
            if flag:
                return "yes"
            return "no"

        def refuse(flag):
            if not flag:
                raise ValueError("no")
            return flag

        def listed(names):
            out = []
            for name in names:
                out.append(name.upper())
            return out

        def generate():
            yield 1

        def endless():
            return [endless(), endless()]

        A = table("book")
        B = table(app="x", name="y")
        C = rest(1, 2, 3, four=4)
        D = choose(True), choose(False), choose(unknown)
        E = refuse("x")
        F = listed(["a", "b"])
        G = listed(unknown)
        H = generate()
        I = table()
        J = endless()[0]
        "#,
        expect![[r#"
            A = "shop_book"
            B = "x_y"
            C = [1, (2, 3), {"four": 4}]
            D = ("yes", "no", ("yes" if :unknown else "no"))
            E = "x"
            F = ["A", "B"]
            G = [*[$name.upper() for $name in :unknown]]
            H = :generate()
            I = :table()
            J = :endless()
            def table(name, app="shop", *parts, **options) -> (($app + "_") + $name)
            def rest(first, *others, **options) -> [$first, $others, $options]
            def choose(flag) -> ("yes" if $flag else "no")
            def refuse(flag) -> $flag
            def listed(names) -> [*[$name.upper() for $name in $names]]
            def generate()
            def endless() -> [:endless(), :endless()]
        "#]],
    );
}
