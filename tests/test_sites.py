"""Cells as they stand in notebooks of Colab, of Kaggle and of Windows.

Each is a situation that public notebooks or threads have, rebuilt small.
"""

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from doors import Magics, fresh_shell

from truss_nb.errors import ExportError

VALUES = {"GEMINI_KEY": "horse staple lamp", "HF_TOKEN": "blue cup of tea"}


def get(key):
    return VALUES[key]


def upload():
    return {"prices.csv": b"name,price\nash,4\noak,9\n"}


def mount(place):
    Path(place, "MyDrive").mkdir(parents=True)
    Path(place, "MyDrive", "labels.txt").write_text("cat dog")


def cv2_imshow(image):
    pass


class UserSecretsClient:
    def __init__(self):
        self.token = "a token of the session"

    def get_secret(self, label):
        return VALUES[label]


@pytest.fixture(autouse=True)
def sites(monkeypatch):
    """Stand in for Colab's package and Kaggle's modules, as far as cells call them."""
    members = {
        "google.colab.userdata": [get],
        "google.colab.files": [upload],
        "google.colab.drive": [mount],
        "google.colab.patches": [cv2_imshow],
        "kaggle_secrets": [UserSecretsClient],
    }
    made = {"google.colab": ModuleType("google.colab")}
    for name, inside in members.items():
        made[name] = ModuleType(name)
        for each in inside:
            monkeypatch.setattr(each, "__module__", name)
            setattr(made[name], each.__name__, each)
        package, _, own = name.rpartition(".")
        if package:
            setattr(made[package], own, made[name])
    for name, module in made.items():
        monkeypatch.setitem(sys.modules, name, module)


SECRET = re.compile("is a secret that .* gave, which must not leave.*%truss_secret")


def holds(name):
    return re.compile(f"holds what {name} has here, which must not leave")


# What the cells before hold, the stage, and its answer to 4 or why it's refused.
COLAB = {
    "a secret in a variable of the environment, and that in a dict": (
        "import os\nfrom google.colab import userdata\n"
        "os.environ['GEMINI_KEY'] = userdata.get('GEMINI_KEY')\n"
        "CONFIG = {'model': 'small', 'key': os.environ['GEMINI_KEY']}",
        "def predict(x): return CONFIG['model'], len(CONFIG['key'])",
        ("small", 17),
    ),
    "a secret in a dict of headers": (
        "from google.colab import userdata\n"
        "HEADERS = {'Accept': 'json', 'Authorization': userdata.get('HF_TOKEN')}",
        "def predict(x): return HEADERS",
        holds("HF_TOKEN"),
    ),
    "a secret by a helper that tries several places": (
        "import os\ndef get_key(name):\n    try:\n"
        "        from google.colab import userdata\n"
        "        return userdata.get(name)\n    except ImportError:\n"
        "        return os.environ[name]\n\nKEY = get_key('HF_TOKEN')",
        "def predict(x): return KEY",
        SECRET,
    ),
    "a secret in an object": (
        "from google.colab import userdata\nclass Client:\n"
        "    def __init__(self, key): self.key, self.calls = key, [0]\n"
        "client = Client(userdata.get('HF_TOKEN'))",
        "def predict(x): return client.key",
        holds("HF_TOKEN"),
    ),
    "a secret in an address": (
        "from google.colab import userdata\ntoken = userdata.get('HF_TOKEN')\n"
        "URL = f'https://me:{token}@host/x'",
        "def predict(x): return URL",
        re.compile("must not leave the notebook"),
    ),
    "an uploaded table": (
        "import io\nimport pandas as pd\nfrom google.colab import files\n"
        "uploaded = files.upload()\nname = next(iter(uploaded))\n"
        "prices = pd.read_csv(io.BytesIO(uploaded[name])).set_index('name')",
        "def predict(x): return int(prices.loc['oak', 'price'] * x)",
        36,
    ),
    "a file of the mounted drive": (
        "from google.colab import drive\ndrive.mount('drive')\n"
        "ROOT = 'drive/MyDrive'\n"
        "with open(f'{ROOT}/labels.txt') as file: labels = file.read().split()",
        "def predict(x): return labels[x - 4]",
        "cat",
    ),
    "what is shown on Colab alone": (
        "import sys\nIN_COLAB = 'google.colab' in sys.modules\n"
        "def show(image):\n    if IN_COLAB:\n"
        "        from google.colab.patches import cv2_imshow\n"
        "        cv2_imshow(image)\n    return image",
        "def predict(x): return show(x)",
        re.compile("google.colab.patches.*exists only on Colab"),
    ),
    "a form's fields": (
        "#@title Settings { display-mode: 'form' }\n"
        "LIMIT = 3 #@param {type:'slider', min:1, max:9}\n"
        "MODE = 'fast' #@param ['fast', 'good'] {allow-input: true}",
        "def predict(x): return MODE, min(LIMIT, x)",
        ("fast", 3),
    ),
    "pip, a folder and a variable by magics": (
        "!true pip install -q something\n%env LEVEL=2\n%mkdir -p found\n"
        "import os\nlevel = int(os.environ['LEVEL'])",
        "def predict(x): return level * x",
        8,
    ),
}
KAGGLE = {
    "a secret of its client": (
        "from kaggle_secrets import UserSecretsClient\n"
        "KEY = UserSecretsClient().get_secret('GEMINI_KEY')",
        "def predict(x): return KEY",
        SECRET,
    ),
    "a secret of a client that has a name, in a dict": (
        "from kaggle_secrets import UserSecretsClient\n"
        "user_secrets = UserSecretsClient()\n"
        "CONFIG = dict(key=user_secrets.get_secret('GEMINI_KEY'), steps=3)",
        "def predict(x): return CONFIG",
        holds("GEMINI_KEY"),
    ),
    "a stage that asks for one": (
        "from kaggle_secrets import UserSecretsClient\nsecrets = UserSecretsClient()",
        "def predict(x): return secrets.get_secret('HF_TOKEN')",
        re.compile(r"secrets.*gives a secret that only Kaggle has.*%truss_secret KEY"),
    ),
    "a stage that imports the client": (
        "",
        "def predict(x):\n    from kaggle_secrets import UserSecretsClient\n"
        "    return UserSecretsClient().get_secret('HF_TOKEN')",
        re.compile(
            r"kaggle_secrets.*gives a secret that only Kaggle has.*%truss_secret KEY"
        ),
    ),
    "an own client where Kaggle's is missing": (
        "import os\nos.environ['PLAIN'] = 'x'\nclass UserSecretsClient:\n"
        "    def get_secret(self, label): return ''\n"
        "key = UserSecretsClient().get_secret('PLAIN')",
        "def predict(x): return [key, x]",
        ["", 4],
    ),
    "a file of the input's folder, read by the stage": (
        "from pathlib import Path\nINPUT = Path.cwd().parent / 'input' / 'leaves'\n"
        "INPUT.mkdir(parents=True)\n_ = (INPUT / 'labels.txt').write_text('ash oak')",
        "def predict(x): return (INPUT / 'labels.txt').read_text().split()[x - 4]",
        re.compile(r"labels\.txt.*%truss_file"),
    ),
    "a table of the input's folder": (
        "import os, pandas as pd\nos.makedirs('input', exist_ok=True)\n"
        "pd.DataFrame({'a': [1], 'b': [2]}).to_csv('input/train.csv')\n"
        "for folder, _, names in os.walk('input'):\n    for name in names:\n"
        "        train = pd.read_csv(os.path.join(folder, name))",
        "def predict(x): return int(train['b'].sum()) + x",
        6,
    ),
    "a seed set in every place": (
        "import os, random\nimport numpy as np\ndef seed_everything(seed=42):\n"
        "    random.seed(seed)\n    os.environ['PYTHONHASHSEED'] = str(seed)\n"
        "    np.random.seed(seed)\nseed_everything()",
        "def predict(x):\n    seed_everything()\n    return random.random() < 2",
        True,
    ),
}
PATHS = {
    "a path of Windows that is taken apart": (
        "from pathlib import PureWindowsPath\n"
        "MODEL = PureWindowsPath(r'C:\\Users\\Ann Lee\\model.v2.pkl')",
        "def predict(x): return MODEL.stem, MODEL.parent.name",
        ("model.v2", "Ann Lee"),
    ),
    "a path as text that is split at backslashes": (
        "FILE = r'D:\\data\\train\\cat.png'",
        "def predict(x): return FILE.split('\\\\')[-2:]",
        ["train", "cat.png"],
    ),
    "a path in an object": (
        "from pathlib import Path\nclass Settings:\n"
        "    def __init__(self): self.root, self.sizes = Path('models'), [1]\n"
        "settings = Settings()",
        "def predict(x): return settings.root.name",
        "models",
    ),
    "a branch for the system": (
        "import os, platform, sys",
        "def predict(x):\n    if os.name == 'nt' or sys.platform == 'darwin':\n"
        "        return platform.system()\n    return x",
        4,
    ),
    "a pool for the notebook's function": (
        "from concurrent.futures import ThreadPoolExecutor\ndef twice(x): return 2 * x",
        "def predict(x):\n    with ThreadPoolExecutor(2) as pool:\n"
        "        return list(pool.map(twice, [x, x]))",
        [8, 8],
    ),
    "a guarded main": (
        "def twice(x): return 2 * x\nif __name__ == '__main__':\n    START = twice(1)",
        "def predict(x): return START + twice(x)",
        10,
    ),
    "lines that end as on Windows": (
        "RATE = 2\r\n\r\ndef scale(x):\r\n    return x * RATE\r\n",
        "def predict(x):\r\n    y = scale(x)\r\n    return y\r\n",
        8,
    ),
    "a text with lines that end so": (
        "NOTE = 'one\\r\\ntwo'",
        "def predict(x): return NOTE.split('\\r\\n')",
        ["one", "two"],
    ),
    "names with letters of their own": (
        "from pathlib import Path\n_ = Path('Été données.txt').write_text('4')\n"
        "größe = int(Path('Été données.txt').read_text())",
        "def predict(x): return größe * x",
        16,
    ),
    "a temporary folder": (
        "import os, tempfile",
        "def predict(x):\n    with tempfile.TemporaryDirectory() as folder:\n"
        "        path = os.path.join(folder, 'a.txt')\n"
        "        with open(path, 'w') as file: file.write(str(x))\n"
        "        with open(path) as file: return file.read()",
        "4",
    ),
}


@contextmanager
def notebook(folder, monkeypatch):
    (folder / "work").mkdir()
    monkeypatch.chdir(folder / "work")
    before = dict(os.environ)
    try:
        with fresh_shell(folder / "ipython") as shell:
            yield Magics(shell)
    finally:
        os.environ.clear()
        os.environ.update(before)


CASES = {**COLAB, **KAGGLE, **PATHS}


@pytest.mark.parametrize(("before", "stage", "outcome"), CASES.values(), ids=CASES)
def test_it_is_exported_and_proven_or_refused_in_words(
    before, stage, outcome, tmp_path, monkeypatch
):
    if "pandas" in before:
        pytest.importorskip("pandas")
    with notebook(tmp_path, monkeypatch) as notes:
        notes.run_cell(before)
        notes.stage("predict", stage)
        notes.example("4")
        if isinstance(outcome, re.Pattern):
            with pytest.raises(ExportError, match=outcome):
                notes.export("out")
            assert not Path("out").exists()
        else:
            assert notes.run("4") == outcome
            assert notes.export("out").proof.passed
            files = [each for each in Path("out").rglob("*") if each.is_file()]
            written = [each.read_bytes() for each in files]
            assert not [v for v in VALUES.values() if v.encode() in b"".join(written)]
