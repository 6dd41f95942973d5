"""Whether a JSON value is what the meta model says, strictly: no unknown key, nothing missing, no null but where one is allowed."""

import enum
import functools
import re
import types as builtin
import typing
from collections.abc import Mapping, Sequence

import attrs
from lsprotocol import types


class Invalid(Exception):
    """The path of the value, and what is wrong with it."""


def request_params(method: str) -> type | None:
    return types.METHOD_TO_TYPES[method][2]


def response(method: str) -> type:
    return types.METHOD_TO_TYPES[method][1]


def is_known(method: str) -> bool:
    return method in types.METHOD_TO_TYPES


def check_result(method: str, result: object) -> None:
    check(result, hints(response(method))["result"], f"result of {method}")


def check_params(method: str, params: object) -> None:
    wanted = request_params(method)
    if wanted is None:
        if params is not None:
            raise Invalid(f"{method} takes no parameters")
        return
    check(params, wanted, f"params of {method}")


@functools.cache
def hints(cls: type) -> dict[str, object]:
    return typing.get_type_hints(cls)


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda it: it[1].upper(), name.rstrip("_"))


def check(value: object, wanted: object, at: str) -> None:
    origin = typing.get_origin(wanted)
    arguments = typing.get_args(wanted)
    if wanted in (object, typing.Any) or isinstance(wanted, (str, typing.ForwardRef)):
        return
    if origin in (typing.Union, builtin.UnionType):
        reasons = []
        for one in arguments:
            try:
                return check(value, one, at)
            except Invalid as error:
                reasons.append(str(error))
        # The longest is of the choice that came nearest.
        raise Invalid(max(reasons, key=len))
    if wanted in (None, type(None)):
        ok = value is None
    elif wanted is bool:
        ok = isinstance(value, bool)
    elif wanted is int:
        ok = isinstance(value, int) and not isinstance(value, bool)
    elif wanted is float:
        ok = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif wanted is str:
        ok = isinstance(value, str)
    elif origin is typing.Literal:
        ok = value in arguments
    elif isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        ok = value in [it.value for it in wanted]
    elif origin in (list, Sequence):
        ok = isinstance(value, list)
        for index, item in enumerate(value if ok else ()):
            check(item, arguments[0], f"{at}[{index}]")
    elif origin is tuple:
        ok = isinstance(value, list) and len(value) == len(arguments)
        for index, (item, one) in enumerate(zip(value if ok else (), arguments)):
            check(item, one, f"{at}[{index}]")
    elif origin in (dict, Mapping):
        ok = isinstance(value, dict)
        for key, item in (value if ok else {}).items():
            check(key, arguments[0], f"a key of {at}")
            check(item, arguments[1], f"{at}.{key}")
    elif attrs.has(wanted):
        return check_structure(value, wanted, at)
    else:
        raise Invalid(f"{at}: nobody knows how to check {wanted}")
    if not ok:
        raise Invalid(f"{at}: {value!r} is no {wanted}")


def check_structure(value: object, wanted: type, at: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(f"{at}: {value!r} is no {wanted.__name__}")
    fields = {camel(field.name): field for field in attrs.fields(wanted)}
    for key, item in value.items():
        if key not in fields:
            raise Invalid(f"{at}: {wanted.__name__} has no key `{key}`")
        if item is None and not types.is_special_property(wanted, fields[key].name):
            if hints(wanted)[fields[key].name] not in (object, typing.Any, typing.Optional[types.LSPAny]):
                raise Invalid(f"{at}.{key} of {wanted.__name__} is null")
            continue
        check(item, hints(wanted)[fields[key].name], f"{at}.{key}")
    for key, field in fields.items():
        if field.default is attrs.NOTHING and key not in value:
            raise Invalid(f"{at}: {wanted.__name__} lacks `{key}`")
