"""The two doors to a bundle, so that a test can go through both."""

import atexit
import itertools
import linecache
import os
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, NoReturn

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import truss_nb

EXTRA = re.compile(r"(?:import|from) (jinja2|matplotlib|pydantic|pylab|torch)\b")
"""What the tests' own packages don't bring."""

IS_GATE = os.environ.get("TRUSS_NB_REQUIRE_ALL") == "1"
"""Whether nothing may be skipped."""

gate = pytest.mark.skipif(
    not IS_GATE,
    reason="slow: the gate runs it, as TRUSS_NB_REQUIRE_ALL=1 does",
)
"""What a plain run does without, for those who wait for it."""


def gated(*cases: Any) -> list[Any]:
    """Return cases of a test that are the gate's alone."""
    return [pytest.param(case, marks=gate) for case in cases]


def lack(what: str) -> NoReturn:
    """Skip a test for want of something; where nothing may be skipped, fail."""
    return (pytest.fail if IS_GATE else pytest.skip)(what)


def need(*modules: str) -> None:
    """Go on only with these packages."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        lack(f"not installed: {', '.join(missing)}")


FUNCTIONS, MAGICS = "functions", "magics"
DOORS = [FUNCTIONS, MAGICS] if IS_GATE else [pytest.param(None, id="a door")]
"""The doors that each test goes through: the gate both, a plain run one in turn."""


def turn(test: str) -> str:
    """Return whose turn it is in a test: half take either, the other on another Python.

    Args:
        test: its whole name.
    """
    odd = (zlib.crc32(test.encode()) + sys.version_info.minor) % 2
    return MAGICS if odd else FUNCTIONS


def require(*cells: str) -> None:
    """Skip a case whose cells import what isn't installed."""
    for package in EXTRA.findall("\n".join(cells)):
        pytest.importorskip(package)


def new_shell(folder, make=InteractiveShell) -> InteractiveShell:
    """Make a real IPython without a history on disk, or work to do at exit.

    At exit each would collect all garbage, which takes minutes for hundreds. Magics
    such as ``%%bash``, which no test uses, would be half of what making one costs. The
    cells of earlier ones are forgotten: no notebook has those of another.
    """
    linecache.clearcache()
    config = Config()
    config.HistoryManager.enabled = False
    config.ScriptMagics.script_magics = []
    shell = make(config=config, ipython_dir=str(folder))
    atexit.unregister(shell.atexit_operations)
    return shell


@contextmanager
def fresh_shell(folder) -> Iterator[InteractiveShell]:
    """Give a real IPython, whose traces are gone afterwards."""
    InteractiveShell.clear_instance()
    shell = new_shell(folder, InteractiveShell.instance)
    shell.run_line_magic("load_ext", "truss_nb")
    try:
        yield shell
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


class Functions:
    """The methods of a Bundle, on functions of a script."""

    _numbers = itertools.count(1)  # no two scripts share the name of a part

    def __init__(self):
        self.names = {"__name__": "script"}
        self.bundle = truss_nb.Bundle(self.names)

    def stage(self, stage, source):
        """Define a function, and make it the stage."""
        before = set(self.names)
        self.run_cell(source)
        (name,) = set(self.names) - before - {"__builtins__"}
        getattr(self.bundle, stage)(self.names[name])

    def run_cell(self, source):
        file = f"<script, part {next(self._numbers)}>"
        linecache.cache[file] = (0, None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), self.names)

    def value(self, expression):
        return eval(expression, self.names)

    def model(self, expression, method=None, *, raw=False):
        self.bundle.model(self.value(expression), method, raw=raw)

    def parameter(self, name, expression):
        self.bundle.parameter(**{name: self.value(expression)})

    def hook(self, name, source):
        """Define a function, and make it the hook."""
        keep = self.bundle.hook(name)
        before = set(self.names)
        self.run_cell(source)
        (made,) = {name} & set(self.names) or set(self.names) - before
        keep(self.names[made])

    def example(self, expression, name=None, **options):
        self.bundle.example(self.value(expression), name, **options)

    def run(self, expression, **options):
        return self.bundle.run(self.value(expression), **options).output

    def config(self, key, value):
        self.bundle.config(key, value)

    def __getattr__(self, name):
        return getattr(self.bundle, name)


def written(options) -> str:
    """Return options as they stand on a magic's line."""
    given = {name: value for name, value in options.items() if value is not None}
    return "".join(f" --{name} {value}" for name, value in given.items())


class Magics:
    """The magics, in cells of a notebook."""

    def __init__(self, shell):
        self.shell = shell

    @property
    def bundle(self):
        return truss_nb.current()

    def stage(self, stage, source):
        self.run_cell(f"%%truss_{stage}\n{source}")

    def run_cell(self, cell):
        """Run a cell; what made it fail is raised."""
        result = self.shell.run_cell(cell, store_history=True)
        result.raise_error()
        return result.result

    def value(self, expression):
        return eval(expression, self.shell.user_ns)

    def model(self, expression, method=None, *, raw=False):
        options = (f" --method {method}" if method else "") + (" --raw" * raw)
        self.run_cell(f"%truss_model {expression}{options}")

    def parameter(self, name, expression):
        self.run_cell(f"%truss_parameter {name}={expression}")

    def hook(self, name, source):
        self.stage(f"hook {name}", source)

    def example(self, expression, name=None, *, msgpack=False, **options):
        given = f" --name '{name}'" if name else ""
        given += " --msgpack" * msgpack + written(options)
        self.run_cell(f"%truss_example {expression}{given}")

    def run(self, expression, **options):
        return self.run_cell(f"%truss_run {expression}{written(options)}")

    def config(self, key, value):
        self.run_cell(f"%truss_config {key}={value!r}")

    def secret(self, name):
        self.run_cell(f"%truss_secret {name}")

    def file(self, path):
        self.run_cell(f"%truss_file '{path}'")

    def require(self, requirement):
        self.run_cell(f"%truss_require {requirement}")

    def forget_parameter(self, name):
        self.run_cell(f"%truss_parameter --remove {name}")

    def forget_config(self, key):
        self.run_cell(f"%truss_config {key} --remove")

    def forget_secret(self, name):
        self.run_cell(f"%truss_secret --remove {name}")

    def forget_file(self, path):
        self.run_cell(f"%truss_file --remove '{path}'")

    def forget_requirement(self, requirement):
        self.run_cell(f"%truss_require {requirement} --remove")

    def forget_example(self, name):
        self.run_cell(f'%truss_example --remove "{name}"')

    def status(self):
        return self.run_cell("%truss_status")

    def serve(self):
        self.run_cell("%truss_serve")

    def reset(self):
        self.run_cell("%truss_reset")

    def export(
        self, path, *, name=None, overwrite=False, lock=False, ci=None, prove=True
    ):
        options = (f" --name {name}" if name else "") + " --overwrite" * overwrite
        options += f" --ci '{ci}'" if ci else ""
        options += " --lock" * lock + " --no-prove" * (not prove)
        return self.run_cell(f"%truss_export '{path}'{options}")


class Decorators(Magics):
    """The decorators, in cells of a notebook."""

    def stage(self, stage, source):
        start = r"(?m)^(?:@.*\n)*(?:async )?def "
        found = re.search(rf"{start}{stage}\b", source) or re.search(start, source)
        place = found.start()
        marked = f"{source[:place]}@truss_nb.{stage}\n{source[place:]}"
        self.run_cell(f"import truss_nb\n{marked}")
