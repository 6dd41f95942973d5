use super::check;
use expect_test::expect;

#[test]
fn lists_and_dictionaries_that_statements_change() {
    check(
        r#"
        APPS = ["a"]
        APPS += ["b"]
        APPS.append("c")
        APPS.extend(("d", "e"))
        APPS.insert(0, "first")
        APPS.remove("b")
        OTHER = ["x"]
        OTHER.remove(unknown)
        DATABASES = {"default": {"NAME": "x"}}
        DATABASES["default"]["ENGINE"] = "sqlite"
        DATABASES["default"].update({"A": 1}, )
        DATABASES["default"].update(from_url())
        DATABASES["other"] = from_url()
        POPPED = OTHER.pop()
        NAMES = ["a"]
        register(NAMES)
        SORTED = ["b", "a"]
        SORTED.sort()
        "#,
        expect![[r#"
            APPS = ["first", "a", "c", "d", "e"]
            DATABASES = {"default": {"NAME": "x", "ENGINE": "sqlite", "A": 1, **:from_url()}, "other": :from_url()}
            NAMES = ["a", *?]
            OTHER = [*?]
            POPPED = ?
            SORTED = [*?]
        "#]],
    );
}

#[test]
fn names_of_a_star_import_go_on() {
    check(
        r#"
        from .base import *
        from .more import CACHES, environ
        INSTALLED_APPS += ["debug_toolbar"]
        DATABASES["default"]["ENGINE"] = "x"
        DATABASES["default"].update(A=1)
        CACHES["default"]["X"] = 1
        environ["X"] = "y"
        MIDDLEWARE.insert(0, "m")
        LOGGING = None
        try:
            from .local import *
        except ImportError:
            pass
        "#,
        expect![[r#"
            import * from .base
            import * from .local ?
            CACHES = {**.more.CACHES, "default": {**.more.CACHES["default"], "X": 1}}
            DATABASES = {***DATABASES, "default": {***DATABASES["default"], "ENGINE": "x", "A": 1}}
            INSTALLED_APPS = [**INSTALLED_APPS, "debug_toolbar"]
            LOGGING = None
            MIDDLEWARE = ["m", **MIDDLEWARE]
            environ = {**.more.environ, "X": "y"}
        "#]],
    );
}

#[test]
fn branches_are_merged() {
    check(
        r#"
        import sys
        DEBUG = False
        APPS = ["a"]
        if DEBUG:
            APPS.append("never")
        if sys.argv:
            APPS.append("maybe")
            NAME = "x"
            ONLY = 1
        else:
            NAME = "y"
        for n in ("p", "q"):
            APPS.append(n)
        for n in unknown:
            APPS.append(n + "!")
            COUNT = n
        for n in unknown:
            if n:
                continue
            APPS.append(n)
        while unknown:
            APPS += ["w"]
        match DEBUG:
            case True:
                MODE = 1
            case _:
                MODE = 2
        with open("x") as f:
            APPS.append("last")
        "#,
        expect![[r#"
            import sys = sys
            APPS = ["a", *(["maybe"] if sys.argv else []), "p", "q", *[($n + "!") for $n in :unknown], *?, *?, "last"]
            COUNT = ?
            DEBUG = False
            MODE = (1 if ? else 2)
            NAME = ("x" if sys.argv else "y")
            ONLY = 1
            f = builtins.open("x")
            n = ?
        "#]],
    );
}

#[test]
fn counters_of_an_unknown_loop_are_unknown() {
    check(
        r#"
        i = 0
        OUT = []
        for x in unknown:
            i += 1
            OUT.append((i, x))
        "#,
        expect![[r#"
            OUT = [*[((? + 1), $x) for $x in :unknown]]
            i = ?
            x = ?
        "#]],
    );
}

#[test]
fn what_repeats_is_bounded() {
    // Each name is twice as long as the one before.
    let doubling: String = (0..64).map(|i| format!("a{} = [a{i}, a{i}]\n", i + 1)).collect();
    let loops = "x = 0\nfor a in range(200):\n    for b in range(200):\n        for c in range(200):\n            x = [x, a]\n";
    let calls = "def f(n):\n    return [g(n), g(n), g(n)]\ndef g(n):\n    return [f(n), f(n), f(n)]\nY = f(1)\n";
    let deep = format!("z = {}1\n", "-".repeat(5000));
    let sum = format!("s = {}\n", vec!["'a'"; 3000].join(" + "));
    let branches: String = (0..200).map(|i| format!("    if g(x, {i}):\n        x = h(x, x)\n        y = k(x, y)\n")).collect();
    let function = format!(
        "def branchy(x, y):\n{branches}    return x\nclass Field:\n    def __init__(self, x, y):\n    {}\n",
        branches.replace('\n', "\n    ")
    );
    let entries: String = (0..200).map(|i| format!("    if g({i}):\n        d['{i}'] = g(x)\n")).collect();
    let function = format!(
        "{function}def filled(x):\n    d = {{}}\n{entries}    return d\nd = {{}}\n{}",
        entries.replace("\n    ", "\n").trim_start()
    );
    let source = format!("a0 = 1\n{doubling}{loops}{calls}{deep}{sum}{function}");
    let module = crate::syntax::parse::parse(&source, crate::syntax::dialect::Dialect::Module);
    let started = std::time::Instant::now();
    let facts = super::facts(&module, &source);
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());
    assert!(facts.constants.iter().any(|(name, _)| name == "a64"));
}

#[test]
fn dictionaries_of_branches_are_merged_by_key() {
    check(
        r#"
        A = {"default": {"ENGINE": "a"}}
        if unknown:
            A = {"default": from_url()}
        B = {"default": {"ENGINE": "a"}, "x": 1}
        if unknown:
            B["default"].update(from_url())
            B["y"] = 2
        B["default"]["Z"] = 3
        "#,
        expect![[r#"
            A = {"default": (:from_url() if :unknown else {"ENGINE": "a"})}
            B = {"default": {"ENGINE": "a", **({**:from_url()} if :unknown else {}), "Z": 3}, "x": 1, **({"y": 2} if :unknown else {})}
        "#]],
    );
}
