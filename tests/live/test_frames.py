"""What a stage raised is shown by Python from the user's call to the user's code."""

import builtins
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import pytest

import truss_nb

Group = getattr(builtins, "ExceptionGroup", Exception)  # before Python 3.11
OURS = str(Path(truss_nb.__file__).parent)


class Model:
    def predict(self, x):
        return self.inner(x)

    def inner(self, x):
        return 1 / x


def stage(x, k=1):
    return k / x


async def later(x):
    return 1 / x


def parts(x):
    yield 1
    yield 1 / x


def several(x):
    raise Group("several", [ValueError(x), KeyError(x)])


MADE = {
    "a model": lambda bundle: bundle.model(Model()),
    "a stage": lambda bundle: bundle.predict(stage),
    "a stage with a parameter": lambda bundle: (
        bundle.predict(stage),
        bundle.parameter(k=2),
    ),
    "a coroutine": lambda bundle: bundle.predict(later),
    "a stream": lambda bundle: bundle.predict(parts),
    "a group of errors": lambda bundle: bundle.predict(several),
}
ASKED = {
    "run": lambda bundle: bundle.run(0).output,
    "run, asked again": lambda bundle: again(bundle.run(0)),
    "example": lambda bundle: bundle.example(0),
}


def again(trace):
    with suppress(ZeroDivisionError, Group):
        assert trace.output
    return trace.output


@pytest.mark.skipif(sys.version_info < (3, 11), reason="they stay there")
@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_frame_of_ours_stands_between(make, ask):
    bundle = truss_nb.Bundle()
    make(bundle)
    with pytest.raises((ZeroDivisionError, Group)) as raised:
        ask(bundle)
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert frames[-1].filename == __file__
    assert not [each for each in frames if each.filename.startswith(OURS)]


def test_an_error_of_ours_keeps_its_frames():
    with pytest.raises(truss_nb.TrussNBError) as raised:
        truss_nb.Bundle().run(0)
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert frames[-1].filename.startswith(OURS)
