"""Write the text of ``model/model.py`` from what the stages need.

The file reads top-down: imports, constants, helpers, the user's stages as they wrote
them, then ``class Model``, which gives each stage the one-input method that the Truss
server calls. Values that a definition needs when it runs are loaded at import, all
others in ``Model.load()``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.definitions.definition import DEFERRED
from truss_nb.contents.contents import Captured
from truss_nb.contents.model import UNKNOWN
from truss_nb.contents.stage import HOOKS, SETUP, Stage, handed
from truss_nb.export.code.annotation import Annotation
from truss_nb.export.code.module import (
    DATA_DIR,
    Loading,
    class_name,
    give,
    join,
    statements,
)
from truss_nb.formats.rehome import HOME
from truss_nb.text.editing import lines_of
from truss_nb.text.names import needs
from truss_nb.text.on_self import read_on_given
from truss_nb.text.quoting import WIDTH, quote
from truss_nb.truss.serving import ROUTES


def model_py(  # noqa: PLR0913, PLR0917 - what the text is made of
    captured: Captured,
    closure: Closure,
    loadings: Sequence[Loading],
    title: str,
    data: str = DATA_DIR,
    leading: Mapping[str, str] | None = None,
) -> str:
    """Return the source of ``model/model.py``.

    Args:
        captured: the bundle.
        closure: all that it needs.
        loadings: how the values of the closure are read.
        title: the module's docstring.
        data: what the ``data`` folder is called.
        leading: environment variables → the places in ``data/`` that they lead to.
    """
    at_import = [each for each in loadings if closure.early.intersection(each.names)]
    in_load = [each for each in loadings if each not in at_import]
    # What reads others may need these; what an expression makes is made of them.
    in_load.sort(key=lambda each: (not each.given, _is_made(each, closure)))
    later = _assembled_later(closure)
    here = set(closure.bindings) - closure.pickled - {each.name for each in later}
    here |= {n for n in closure.pickled if closure.bindings[n].text.startswith(_IMPORT)}
    needed = {need for n in here for need in closure.bindings[n].needs.all}
    needed |= {*closure.functions.values(), *closure.references.values()}
    asked = Annotation.by(captured, closure)
    needed |= (
        closure.mains
        | closure.methods
        | {n for each in asked for n in needs(each.text).all}
    )
    shared = sorted(closure.pickled & needed - here)
    here &= needed | (set(closure.bindings) - closure.pickled)
    imports = [line for each in later for line in each.imports]
    imports += [line for each in in_load for line in each.saved.imports]
    imports += [f"from {HOME} import {name}" for name in shared]
    imports += [f"import {HOME}"] if closure.injected else []
    imports += ["import __main__"] if closure.mains else []
    imports += [line for each in asked for line in each.imports]
    body = statements(closure, here, imports, at_import, data, leading)
    options, begins = _options(closure)
    model = _Model(captured, closure, in_load, asked, begins).text()
    if asked and any(DEFERRED in closure.bindings[name].imports for name in here):
        lines = [each.kept(class_name(closure)) for each in asked]
        model += "\n".join(["\n\n", _AS_TEXT, *lines])
    return join([f'"""{title}"""', *body, *options, model])


def _options(closure: Closure) -> tuple[list[str], list[str]]:
    """Return what sets the options of a thread, and what each stage begins with."""
    bindings = closure.bindings.values()
    texts = [each.text for each in bindings if each.kind is Kind.SETTING]
    if len(texts) < 2:
        return [], texts
    lines = [f"    {line}" for each in texts for line in lines_of(each)]
    return ["\n".join(["def _set_options():", _OF_THREAD, *lines])], ["_set_options()"]


_OF_THREAD = '    """Set what holds in one thread alone, and the server has many."""'
_AS_TEXT = "# The server reads no annotation that was left as text."
_IMPORT = ("import ", "from ")


def _is_made(loading: Loading, closure: Closure) -> bool:
    return any(closure.bindings[name].needs.all for name in loading.names)


def _assembled_later(closure: Closure) -> list[Binding]:
    """Return what ``Model.load()`` assembles: what no definition needs when it runs."""
    bindings, early = closure.bindings.values(), closure.early
    return [b for b in bindings if b.kind is Kind.ASSEMBLED and b.name not in early]


class _Model:
    """Writes ``class Model``."""

    def __init__(
        self,
        captured: Captured,
        closure: Closure,
        loadings: Sequence[Loading],
        asked: Sequence[Annotation],
        begins: Sequence[str],
    ) -> None:
        self.captured = captured
        self.asked = {(each.stage, each.parameter): each for each in asked}
        self.root = next((each.taken for each in asked if each.taken), "")
        self.closure = closure
        self.begins = begins
        self.loadings = loadings
        texts = (each.text for each in closure.bindings.values())
        self.on_self = {
            name for text in texts if "._" in text for name in read_on_given(text)
        }
        own = closure.unnamed_model
        self.own_model = own if any(each.names == (own,) for each in loadings) else None

    def text(self) -> str:
        hooks = [name for name in HOOKS if name in self.captured.stages]
        first = [self._method(SETUP)] if SETUP in hooks else []
        names = [*self.captured.answering(), *hooks[len(first) :]]
        methods = [self._init(), *first, self._load(), *map(self._method, names)]
        body = "\n\n".join(method for method in methods if method)
        doc = '    """Gives each stage the one-input method that the server calls."""'
        own = [f"    {name} = {name}" for name in sorted(self.closure.methods)]
        head = [f"class {class_name(self.closure)}:", doc, *([""] if own else []), *own]
        return "\n".join([*head, "", body])

    @property
    def downloads(self) -> bool:
        """Whether the server downloads a volume, and refuses who won't wait for it."""
        caches = self.captured.config.get("model_cache") or ()
        return any(each.get("use_volume") for each in caches)

    def _init(self) -> str:
        found = self.on_self
        given: dict[str, list[str]] = {}
        if "_config" in found:
            given["config"] = ["_config = config"]
        if self.closure.parameters.settings:
            line = '_parameters = config["model_metadata"]["parameters"]'
            given.setdefault("config", []).append(line)
        if self.loadings or "_data_dir" in found:
            given["data_dir"] = ["_data_dir = data_dir"]
        if self.captured.secrets:
            given["secrets"] = ["_secrets = secrets"]
        if "_environment" in found:
            given["environment"] = ["_environment = environment"]
        if self.downloads or "_lazy_data_resolver" in found:
            line = "_lazy_data_resolver = lazy_data_resolver"
            given["lazy_data_resolver"] = [line]
        lines = [f"self.{line}" for each in given.values() for line in each]
        lines += self._read() if SETUP in self.captured.stages else ()
        return _method("__init__", ", ".join(["self", *given]), lines) if given else ""

    def _load(self) -> str:
        # What comes before load may need the values, too.
        stages = self.captured.stages
        lines = [] if SETUP in stages else self._read()
        if "load" in stages:
            lines += [*self.begins, *self._call(stages["load"], None)]
        return _method("load", "self", lines) if lines else ""

    def _read(self) -> list[str]:
        """Return what makes the values that no definition needs."""
        assembled = _assembled_later(self.closure)
        names = [n for each in self.loadings for n in each.names if n != self.own_model]
        names += [each.name for each in assembled]
        names = [name for name in names if not self._is_only_a_part(name, assembled)]
        injected = self.closure.injected
        secrets = [n for n, b in self.closure.bindings.items() if b.kind is Kind.SECRET]
        lines = _global(sorted([*names, *secrets])) if names or secrets else []
        if self.downloads and "_lazy_data_resolver" not in self.on_self:
            lines.append("self._lazy_data_resolver.block_until_download_complete()")
        lines += [f"{name} = self._secrets[{quote(name)}]" for name in sorted(secrets)]
        lines += [give(name) for name in sorted(secrets) if name in injected]
        for loading in self.loadings:
            own = ["self._model"] if loading.names == (self.own_model,) else []
            lines.append(loading.statement("self._data_dir", *own))
        lines += _MAINS if self.closure.mains else ()
        lines += [f"__main__.{name} = {name}" for name in sorted(self.closure.mains)]
        for each in assembled:
            lines += [each.text, *([give(each.name)] if each.name in injected else [])]
        return lines

    def _is_only_a_part(self, name: str, assembled: Sequence[Binding]) -> bool:
        """Return whether nothing but what is assembled needs a name."""
        closure = self.closure
        others = [b for b in closure.bindings.values() if b not in assembled]
        is_needed = any(name in b.needs.all for b in others)
        roots = {*closure.functions.values(), *closure.references.values()}
        is_part = any(name in each.needs.all for each in assembled)
        return is_part and not is_needed and name not in roots | closure.injected

    def _method(self, name: str) -> str:
        given, stage = handed(name), self.captured.stages.get(name)
        if stage is None:
            lines = [*self.begins, *self._middle(given)]
            return _method(name, f"self, {given}", lines)
        taken = {each: each for each in stage.takes(given, "request")}
        signature = "self"
        for parameter in taken:
            asked = self.asked.get((name, parameter))
            signature += f", {parameter}" + (f": {asked.text}" if asked else "")
            taken[parameter] += asked.taken if asked else ""
        if name in ROUTES and given in taken:  # the server parses it all the same
            taken[given] += self.root
        lines = self._call(stage, taken.get(given, "") if taken else None)
        lines[0] = f"return {'await ' if stage.is_async else ''}{lines[0]}"
        lines = [*self.begins, *lines]
        if name == SETUP and "_environment" in self.on_self:
            lines.insert(0, "self._environment = environment")
        return _method(name, signature, lines, is_async=stage.is_async)

    def _middle(self, given: str) -> list[str]:
        middle = self.captured.middle
        if middle is None:
            raise AssertionError("a bundle without predict has a model")
        name = self.closure.references["model"]
        target = "self._model" if name == self.own_model else name
        if middle.reference.is_lost:  # load stores it
            target = f"self.{name}"
        called = "predict" if middle.method == UNKNOWN else middle.method
        method = f".{called}" if called else ""
        lines = _laid_out(f"{target}{method}", [given, *self._given("predict")])
        if middle.raw:
            return [f"return {lines[0]}", *lines[1:]]
        if len(lines) == 1:
            return [f'return {{"predictions": {lines[0]}}}']
        return [
            "return {",
            f'    "predictions": {lines[0]}',
            *(f"    {each}" for each in lines[1:-1]),
            "    ),",
            "}",
        ]

    def _call(self, stage: Stage, given: str | None) -> list[str]:
        """Return the call of the user's function, one argument a line if it's long."""
        arguments = ["self"] if stage.takes_self else []
        by_name = dict[str, str]()
        if given is not None:
            by_position, by_name = stage.given(given, "request")
            arguments += by_position
        arguments += self._given(stage.name)
        arguments += [f"{name}={value}" for name, value in by_name.items()]
        return _laid_out(self.closure.functions[stage.name], arguments)

    def _given(self, stage: str) -> Iterator[str]:
        """Yield the extra arguments of a call."""
        for argument, key in self.closure.parameters.keyed.get(stage, ()):
            name = argument.extra.name
            if key is not None:
                value = f"self._parameters[{quote(key)}]"
            elif argument.reference is not None:
                value = self.closure.references[name]
            else:
                continue  # it keeps the default that its def has
            yield value if argument.extra.positional else f"{name}={value}"


_MAINS = ["# A file that is read below knows these as the notebook's own."]


def _laid_out(function: str, arguments: Sequence[str]) -> list[str]:
    """Return a call, one argument a line if it's long."""
    flat = f"{function}({', '.join(arguments)})"
    if len(flat) + len('        return {"predictions": }') <= WIDTH:
        return [flat]
    return [f"{function}(", *(f"    {each}," for each in arguments), ")"]


def _method(
    name: str, signature: str, body: Sequence[str], *, is_async: bool = False
) -> str:
    head = f"    {'async ' if is_async else ''}def {name}({signature}):"
    lines = [line for statement in body for line in lines_of(statement)]
    return "\n".join([head, *(f"        {line}" for line in lines)])


def _global(names: list[str]) -> list[str]:
    flat = f"global {', '.join(names)}"
    if len(flat) + len("        ") <= WIDTH:
        return [flat]
    return [f"global {name}" for name in names]
