"""Stripe's contract, read from the source of the installed SDK: it is generated from their specification."""

import ast
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.contracts.shapes import AnyOf, Anything, Array, Field, Map, Null, Record, Scalar, Shape

PLAIN: Mapping[str, Shape] = {
    "str": Scalar("string"),
    "Decimal": Scalar("string"),
    "int": Scalar("integer"),
    "float": Scalar("number"),
    "bool": Scalar("boolean"),
    "Any": Anything(),
    "object": Anything(),
    "None": Null(),
}


@dataclass(frozen=True)
class Module:
    """A source file of the SDK: its classes by dotted name, its imports of other files of the SDK."""

    name: str
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One method of a service: verb, path pattern, what goes in, what comes out."""

    verb: str
    path: str
    request: Shape
    response: Shape


@cache
def module(name: str) -> Module:
    """Parse one file of the SDK without importing it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    found = Module(name)
    tree = ast.parse(Path(spec.origin).read_text())
    _classes(tree.body, "", found.classes)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe"):
            for alias in node.names:
                found.imports[alias.asname or alias.name] = (str(node.module), alias.name)
    return found


def _classes(body: list[ast.stmt], prefix: str, into: dict[str, ast.ClassDef]) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef):
            into[prefix + node.name] = node
            _classes(node.body, f"{prefix}{node.name}.", into)


def operation(module_name: str, class_name: str, method: str) -> Operation:
    """Verb, path, parameters and answer of a service's method."""
    source = module(module_name)
    function = next(
        node
        for node in source.classes[class_name].body
        if isinstance(node, ast.FunctionDef) and node.name == method
    )
    verb, path = _called(function)
    wanted = next(argument for argument in function.args.args if argument.arg == "params")
    assert wanted.annotation is not None
    assert function.returns is not None
    request = _without_null(resolve(source, class_name, wanted.annotation))
    return Operation(verb, path, request, resolve(source, class_name, function.returns))


def _called(function: ast.FunctionDef) -> tuple[str, str]:
    call = next(
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._request"
    )
    verb, path = call.args[:2]
    if isinstance(path, ast.Call):  # "/v1/transfers/{transfer}".format(...)
        assert isinstance(path.func, ast.Attribute)
        path = path.func.value
    return str(ast.literal_eval(verb)), str(ast.literal_eval(path))


def _without_null(shape: Shape) -> Shape:
    if isinstance(shape, AnyOf):
        return next(option for option in shape.options if not isinstance(option, Null))
    return shape


def resolve(source: Module, scope: str, node: ast.expr) -> Shape:
    """The shape of an annotation that stands in `scope`, a dotted class name of `source`."""
    match node:
        case ast.Constant(value=None):
            return Null()
        case ast.Constant(value=str(text)):
            return resolve(source, scope, ast.parse(text, mode="eval").body)
        case ast.BinOp(op=ast.BitOr()):
            return _union([resolve(source, scope, side) for side in (node.left, node.right)])
        case ast.Subscript(value=ast.Name(id=name)):
            arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return _generic(source, scope, name, arguments)
        case ast.Name() | ast.Attribute():
            return _named(source, scope, ast.unparse(node))
    raise TypeError(f"{source.name}: cannot read {ast.unparse(node)}")


def _generic(source: Module, scope: str, name: str, arguments: list[ast.expr]) -> Shape:
    if name == "Literal":
        return _literal([ast.literal_eval(argument) for argument in arguments])
    shapes = [resolve(source, scope, argument) for argument in arguments]
    return GENERIC[name](shapes)


def _literal(values: list[object]) -> Shape:
    if isinstance(values[0], bool):
        return Scalar("boolean", frozenset(values))
    return Scalar("string", frozenset(values))


def _union(shapes: list[Shape]) -> Shape:
    """Any of them.  `Literal | str` is Stripe's open enum: what *we* say must be a member it knows."""
    flat = [option for shape in shapes for option in (shape.options if isinstance(shape, AnyOf) else [shape])]
    known = any(isinstance(option, Scalar) and option.choices and any(option.choices) for option in flat)
    if known:
        flat = [option for option in flat if option != Scalar("string")]
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _page(row: Shape) -> Shape:
    fields = {
        "object": Field(Scalar("string", frozenset({"list"})), required=True),
        "data": Field(Array(row), required=True),
        "has_more": Field(Scalar("boolean"), required=True),
        "url": Field(Scalar("string"), required=True),
    }
    return Record("list", lambda: fields)


def _named(source: Module, scope: str, name: str) -> Shape:
    if name in PLAIN:
        return PLAIN[name]
    outer = scope
    while True:  # from the innermost class outwards
        inside = f"{outer}.{name}" if outer else name
        if inside in source.classes:
            return _record(source.name, inside)
        if not outer:
            break
        outer = outer.rpartition(".")[0]
    head, _, rest = name.partition(".")
    elsewhere, original = source.imports[head]
    return _record(elsewhere, f"{original}.{rest}" if rest else original)


GENERIC: Mapping[str, Callable[[list[Shape]], Shape]] = {
    "NotRequired": lambda shapes: shapes[0],
    "Optional": lambda shapes: _union([shapes[0], Null()]),
    "Union": _union,
    "ExpandableField": lambda shapes: AnyOf((Scalar("string"), shapes[0])),
    "ListObject": lambda shapes: _page(shapes[0]),
    **dict.fromkeys(["List", "list", "Sequence"], lambda shapes: Array(shapes[0])),
    **dict.fromkeys(["Dict", "dict", "Mapping", "UntypedStripeObject"], lambda shapes: Map(shapes[-1])),
}


@cache
def _record(module_name: str, class_name: str) -> Shape:
    if class_name in {"StripeObject", "UntypedStripeObject"}:
        return Map(Anything())
    return Record(class_name, cache(lambda: _fields(module(module_name), class_name)))


def _fields(source: Module, class_name: str) -> dict[str, Field]:
    found = {}
    for node in source.classes[class_name].body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, said = node.target.id, ast.unparse(node.annotation)
            if not name.startswith("_") and not said.startswith("ClassVar"):
                shape = resolve(source, class_name, node.annotation)
                found[name.rstrip("_")] = Field(shape, required=_required(source, shape, said))
    return found


def _required(source: Module, shape: Shape, said: str) -> bool:
    if ".params." in source.name:
        return not said.startswith("NotRequired")
    return not said.startswith("Optional") and not (isinstance(shape, AnyOf) and Null() in shape.options)
