"""Cells as people write them, which the campaign of mutated cells begins with."""

MARK = "#%%\n"

BEFORE = """
import asyncio, contextlib, dataclasses, functools, itertools, json, math, re
import numpy as np
from pathlib import Path
import truss_nb
LABELS = ["cat", "dog", "bird"]
LIMIT, words, rows = 3, {"a": 1, "b": 2}, [1, 2, 3]
weights = np.linspace(0, 1, 30).reshape(10, 3)
def clean(text): return re.sub(r"\\s+", " ", str(text)).strip()
class Linear:
    def __init__(self, weights): self.weights = weights
    def predict(self, x): return np.asarray(x) @ self.weights
classifier = Linear(weights)
"""
"""What the others use; run again whenever the notebook is emptied."""

STAGES = '''\
%%truss_preprocess
def preprocess(model_input):
    """Take the numbers out."""
    return np.asarray(model_input, float) / LIMIT
#%%
%%truss_preprocess
import re
PATTERN = re.compile(r"[a-z]+")
def preprocess(model_input):
    text = clean(model_input["text"])
    return PATTERN.findall(text.lower())
#%%
%%truss_preprocess --name tidy
def helper(x): return [clean(each) for each in x]
def tidy(x):
    # what a client sends
    return helper(x["texts"])
#%%
%%truss_preprocess
preprocess = lambda model_input: {k: v for k, v in model_input.items() if v}
#%%
%%truss_preprocess
def preprocess(self, model_input):
    self.seen = getattr(self, "seen", 0) + 1
    return model_input
#%%
%%truss_preprocess
async def preprocess(model_input):
    await asyncio.sleep(0)
    return [each async for each in aiter_of(model_input)]
async def aiter_of(x):
    for each in x:
        yield each
#%%
%%truss_preprocess  # first of all
def preprocess(model_input, *, lower=True, limit: int = LIMIT, **options):
    return (clean(model_input).lower() if lower else model_input)[:limit]
#%%
%%truss_preprocess
def preprocess(model_input: dict[str, list[float]]) -> np.ndarray:
    if (n := len(model_input)) > LIMIT:
        raise ValueError(f"{n=} is more than {LIMIT!r:>5}")
    return np.array([*model_input.values()])
#%%
%%truss_preprocess
def preprocess(model_input):
    match model_input:
        case {"text": str(text), **rest}:
            return text, rest
        case [first, *others] if first:
            return first
        case int() | float() as number:
            return number
        case _:
            return None
#%%
%%truss_preprocess
@functools.lru_cache(maxsize=8)
def scale(x, by=LIMIT): return x * by
def preprocess(model_input):
    return [scale(each) for each in model_input]
#%%
%%truss_preprocess
try:
    from math import tau
except ImportError:
    tau = 6.28
if LIMIT > 2:
    def preprocess(model_input):
        return model_input * tau
else:
    def preprocess(model_input):
        return model_input
#%%
%%truss_preprocess
def make_scaler(mean, sd=1.0):
    def scaler(x):
        nonlocal sd
        return (np.asarray(x) - mean) / sd
    return scaler
preprocess = make_scaler(weights.mean())
#%%
%%truss_preprocess
def preprocess[T](model_input: T) -> T:
    type Pair[K] = tuple[K, K]
    return model_input
#%%
%%truss_predict
def predict(model_input):
    return {"y": classifier.predict(model_input).tolist()}
#%%
%%truss_predict
def predict(model_input):
    for each in model_input:
        yield f"{each}\\n"
#%%
%%truss_predict
async def predict(model_input):
    for each in model_input:
        yield each
        await asyncio.sleep(0)
#%%
%%truss_predict
from functools import partial
def power(x, by): return np.power(x, by)
predict = partial(power, by=2)
#%%
%%truss_predict
class Net:
    """Two layers."""
    depth = 2
    def __init__(self, width=3, *sizes, bias=None):
        self.layers = [np.ones((width, width)) for _ in range(self.depth)]
    def __call__(self, x):
        return functools.reduce(np.dot, self.layers, x)
    @property
    def size(self): return sum(each.size for each in self.layers)
    @staticmethod
    def relu(x): return np.maximum(x, 0)
net = Net()
def predict(model_input): return Net.relu(net(model_input))
#%%
%%truss_predict
@dataclasses.dataclass(frozen=True)
class Answer:
    label: str
    score: float = 0.0
    parts: list = dataclasses.field(default_factory=list)
def predict(model_input):
    best = max(range(len(LABELS)), key=lambda i: model_input[i])
    return dataclasses.asdict(Answer(LABELS[best], float(model_input[best])))
#%%
%%truss_predict
def predict(model_input, request: "Request"):
    return {"headers": dict(request.headers), "x": model_input}
#%%
%%truss_predict
def predict(model_input, k=2, temperature: float = 1.0, *rest, stop=("\\n",)):
    """Sample.

    Args:
        k: how many.
    """
    global calls
    calls = k
    return sorted(model_input, key=lambda x: -x * temperature)[:k], stop
#%%
%%truss_predict --name run
def run(x): return inner(x)
def inner(x): return outer(x) if x else 0
def outer(x): return run(x[1:]) + 1
#%%
%%truss_postprocess
def postprocess(model_output, k=2):
    return [LABELS[i] for i in np.argsort(model_output["y"])[:k]]
#%%
%%truss_postprocess
def postprocess(model_output):
    return json.dumps({"ü": model_output, "emoji": "🙂", 'quo"te': '\\'x\\''})
#%%
%%truss_postprocess
text = """
def postprocess(no):
\\tpass
"""
def postprocess(model_output): return text + f"""{model_output
    !r}"""
#%%
%%truss_postprocess
def postprocess(model_output):
    try:
        with contextlib.suppress(KeyError), open("labels.txt") as file:
            return file.read(), model_output["y"]
    except* OSError as group:
        return str(group)
    finally:
        del model_output
#%%
%%truss_postprocess

# A comment first.


def postprocess(model_output): return model_output; print("never")
#%%
%%truss_postprocess
singles = functools.singledispatch(lambda x: x)
@singles.register
def _(x: int): return x + 1
@singles.register(list)
def _(x): return [singles(each) for each in x]
def postprocess(model_output): return singles(model_output)
#%%
%%truss_postprocess
def postprocess(model_output, state=rows, /, *, cache={}):
    cache[len(cache)] = state
    return cache, [(y, z) for y in rows for z in rows if y < z]
#%%
%%truss_load
def load(self):
    self.labels = [*LABELS]
    self.model = classifier
#%%
%%truss_load
def load(self, *args, **kwargs):
    global opened
    opened = {name: len(name) for name in words}
#%%
%%truss_load
class Connection:
    def __enter__(self): return self
    def __exit__(self, *a): return False
def load(self):
    with Connection() as self.connection: pass
#%%
%%truss_load
%matplotlib --list
here = %pwd
def load(self): self.here = here
#%%
%%truss_hook is_healthy
def is_healthy(self): return True
#%%
%%truss_hook is_healthy
async def is_healthy(self) -> bool:
    return getattr(self, "labels", None) is not None
#%%
%%truss_hook setup_environment
def setup_environment(self, environment):
    self.stage = (environment or {"name": ""})["name"]
#%%
%%truss_hook chat_completions
def chat_completions(self, model_input):
    return {"choices": [{"message": {"content": model_input["messages"][-1]}}]}
#%%
%%truss_hook embeddings --name embed
def embed(model_input, request=None):
    return {"data": [{"embedding": weights[0].tolist()}]}
'''

OTHERS = """\
%truss_model classifier
#%%
%truss_model classifier --method predict --raw
#%%
%truss_model Linear(weights * 2)
#%%
%truss_model lambda x: [y * 2 for y in x]
#%%
%truss_parameter k=3
#%%
%truss_parameter temperature=LIMIT / 10
#%%
%truss_parameter k --remove
#%%
%truss_config resources.memory=4Gi
#%%
%truss_config environment_variables.UNITS="metric # 1"
#%%
%truss_secret HF_TOKEN
#%%
%truss_file labels.txt
#%%
%truss_require numpy>=1.23 # a comment
#%%
%truss_example {"text": "a --b", "n": [1, 2]} --name first
#%%
%truss_example weights[:2] --msgpack
#%%
%truss_run [1, 2, 3]
#%%
%truss_export out --no-prove --name digits # once
#%%
%truss_harmless words:a
#%%
%truss_status
#%%
%load_ext truss_nb
#%%
bundle = truss_nb.current()
@bundle.preprocess
def first(model_input): return model_input
@bundle.hook("is_healthy")
def healthy(self): return True
#%%
LIMIT = 4
LIMIT
#%%
words["c"] = (lambda x: x + 1)(2); rows += [len(words)]
%time sum(rows)
#%%
def clean(text): return text.casefold()
class Linear(Linear):
    def predict(self, x, *, bias=np.zeros(3)): return super().predict(x) + bias
#%%
for i, (a, *b) in enumerate(zip(rows, rows)):
    total = i if a else b
else:
    total: int = 0
#%%
values = np.array([[math.sqrt(x) for x in range(3)]] * 2)
values[0, 1:], values.shape; assert values.any(), "no"
#%%
!echo {LIMIT} $LIMIT
names = !ls
len?
#%%
async def ask(x): return x
await ask(1)
#%%
%%time
x = 3
#%%
%%capture said
print("hello")
"""

SEEDS = [*STAGES.split(MARK), *OTHERS.split(MARK)]
