"""A module's distribution is the one whose files an import would reach."""

import json
from pathlib import Path

import pytest
from environments import pip_install, unpack

from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.origin import Origin

KNOWN = {
    "_cffi_backend": "cffi",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "dateutil.parser": "python-dateutil",
    "dotenv": "python-dotenv",
    "google.cloud.storage": "google-cloud-storage",
    "google.protobuf.message": "protobuf",
    "jwt": "PyJWT",
    "mpl_toolkits.mplot3d": "matplotlib",
    "numpy.linalg": "numpy",
    "PIL.Image": "pillow",
    "serial": "pyserial",
    "six.moves": "six",
    "sklearn.pipeline": "scikit-learn",
    "yaml": "PyYAML",
}

# What a site-packages folder holds, and whose each module is.
SITE = {
    "alpha": ["alpha/__init__.py", "alpha/deep/__init__.py", "tool-data/x.py"],
    "single": ["single.py", "__pycache__/single.cpython-311.pyc"],
    "two-tops": ["one/__init__.py", "two/__init__.py", "two/typed.pyi"],
    "compiled": ["fast.cpython-311-x86_64-linux-gnu.so", "slow.pyd", "stable.abi3.so"],
    "compiled-package": ["pack/__init__.cpython-311-x86_64-linux-gnu.so"],
    "sourceless": ["frozen.pyc"],
    "cloud-storage": ["shared/cloud/storage/__init__.py", "shared/cloud/_v.py"],
    "cloud-core": ["shared/cloud/core/__init__.py"],
    "protocol": ["shared/protocol/__init__.py", "shared/protocol/message.py"],
    "toolkits": ["kits/plot/__init__.py"],
    "types-single": ["single-stubs/__init__.pyi"],
    "old-style": ["spaces/__init__.py", "spaces/a/__init__.py"],
    "old-style-b": ["spaces/__init__.py", "spaces/b/__init__.py"],
}
OWNERS = [
    ("alpha", "alpha"),
    ("alpha.deep.Class", "alpha"),
    ("single", "single"),
    ("single.moves", "single"),
    ("one", "two-tops"),
    ("two", "two-tops"),
    ("fast", "compiled"),
    ("slow", "compiled"),
    ("stable", "compiled"),
    ("pack", "compiled-package"),
    ("frozen", "sourceless"),
    ("shared.cloud.storage", "cloud-storage"),
    ("shared.cloud.storage.blob", "cloud-storage"),
    ("shared.cloud.core", "cloud-core"),
    ("shared.protocol.message", "protocol"),
    ("shared", None),
    ("shared.cloud", None),
    ("shared.absent", None),
    ("kits", "toolkits"),
    ("kits.plot", "toolkits"),
    ("spaces.a", "old-style"),
    ("spaces.b", "old-style-b"),
    ("alph", None),
    ("deep", None),
    ("absent", None),
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site-packages"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    site = tmp_path_factory.mktemp("scan") / "site-packages"
    for name, files in SITE.items():
        unpack(site, name, "1.0", *files)
    return Distributions.installed([site])


@pytest.mark.parametrize(("module", "project"), KNOWN.items())
def test_known_packages_that_are_installed_here(module: str, project: str) -> None:
    owner = Distributions.installed().owner(module)
    if owner is None:
        pytest.importorskip(module)
    assert owner is not None
    assert owner.name.lower() == project.lower()


@pytest.mark.parametrize(("module", "project"), OWNERS)
def test_the_deepest_file_decides(
    scanned: Distributions, module: str, project: str | None
) -> None:
    owner = scanned.owner(module)
    assert (owner.name if owner else None) == project


def test_name_and_version_are_spelled_as_in_the_metadata(site: Path) -> None:
    unpack(site, "PyShop", "1.0.post2", "shop.py")
    owner = Distributions.installed([site]).owner("shop")
    assert owner is not None
    assert (owner.name, owner.version, owner.origin) == ("PyShop", "1.0.post2", None)


def test_two_that_write_the_same_file_are_both_owners_by_the_alphabet(
    site: Path,
) -> None:
    unpack(site, "vision-headless", "2.0", "vision/__init__.py")
    unpack(site, "vision", "1.0", "vision/__init__.py")
    owners = Distributions.installed([site]).owners("vision.image")
    assert [one.name for one in owners] == ["vision", "vision-headless"]


def test_the_first_folder_of_the_path_shadows_the_next(tmp_path: Path) -> None:
    first, second = tmp_path / "a/site-packages", tmp_path / "b/site-packages"
    unpack(first, "shop", "2.0", "shop.py")
    unpack(second, "shop", "1.0", "shop.py")
    unpack(second, "bazaar", "1.0", "shop.py")
    owners = Distributions.installed([first, second]).owners("shop")
    assert [(one.name, one.version) for one in owners] == [("shop", "2.0")]


def test_what_a_package_puts_on_the_path_inside_itself_is_its_own(site: Path) -> None:
    unpack(site, "tools", "1.0", "tools/__init__.py")
    unpack(site / "tools" / "_vendor", "shop", "2.0", "shop.py")
    path = [site, site / "tools" / "_vendor"]
    assert Distributions.installed(path).owner("shop") is None


def test_what_is_installed_anew_is_read_anew(site: Path) -> None:
    unpack(site, "shop", "1.0", "shop.py")
    assert Distributions.installed([site]).owner("bazaar") is None
    unpack(site, "shop", "1.0", "shop.py", "bazaar.py")
    owner = Distributions.installed([site]).owner("bazaar")
    assert owner is not None
    assert owner.name == "shop"


def test_what_an_uninstall_left_behind_owns_nothing(site: Path) -> None:
    unpack(site, "shop", "1.0", "shop.py").rename(site / "~hop-1.0.dist-info")
    assert Distributions.installed([site]).owner("shop") is None


def test_paths_that_are_no_folders_are_passed_over(site: Path) -> None:
    wheel = site.parent / "shop-1.0-py3-none-any.whl"
    unpack(site, "shop", "1.0", "shop.py")
    assert Distributions.installed([site / "absent", wheel]).owner("shop") is None


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("installed-files.txt", "../shop/__init__.py\n../shop/till.py\nPKG-INFO\n"),
        ("top_level.txt", "shop\n"),
    ],
)
def test_older_metadata_without_a_record(site: Path, file: str, text: str) -> None:
    metadata = site / "shop-1.0.egg-info"
    metadata.mkdir(parents=True)
    (metadata / "PKG-INFO").write_text("Name: shop\nVersion: 1.0\n")
    (metadata / file).write_text(text)
    owner = Distributions.installed([site]).owner("shop.till")
    assert owner is not None
    assert (owner.name, owner.origin) == ("shop", None)


def test_a_project_folder_on_the_path_is_an_editable_install(tmp_path: Path) -> None:
    metadata = tmp_path / "shop.egg-info"
    metadata.mkdir()
    (metadata / "PKG-INFO").write_text("Name: shop\nVersion: 1.0\n")
    (metadata / "top_level.txt").write_text("shop\n")
    owner = Distributions.installed([tmp_path]).owner("shop")
    assert owner is not None
    assert owner.origin == Origin(tmp_path.as_uri(), editable=True)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:token@host.example/r.git", "https://host.example/r.git"),
        ("https://token@host.example/r.git", "https://host.example/r.git"),
        ("ssh://git@host.example/r.git", "ssh://git@host.example/r.git"),
        ("ssh://git:token@host.example/r.git", "ssh://git@host.example/r.git"),
        ("https://host.example:8443/r.git", "https://host.example:8443/r.git"),
    ],
)
def test_credentials_in_an_address_are_not_read(
    site: Path, url: str, kept: str
) -> None:
    metadata = unpack(site, "shop", "1.0", "shop.py")
    origin = {"url": url, "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}
    (metadata / "direct_url.json").write_text(json.dumps(origin))
    owner = Distributions.installed([site]).owner("shop")
    assert owner is not None
    assert owner.origin == Origin(kept, vcs="git", commit="c0ffee")


def test_the_build_folder_that_conda_notes_is_no_origin(site: Path) -> None:
    metadata = unpack(site, "shop", "1.0", "shop.py")
    origin = {"url": "file:///home/feedstock/work", "dir_info": {}}
    (metadata / "direct_url.json").write_text(json.dumps(origin))
    (metadata / "INSTALLER").write_text("conda\n")
    owner = Distributions.installed([site]).owner("shop")
    assert owner is not None
    assert owner.origin is None


HATCH = """
[tool.hatch.build]
dev-mode-dirs = ["src"]
[tool.hatch.build.targets.wheel]
packages = ["src/shop"]
"""
EDITABLES = [
    # backend, its section of pyproject.toml, folder of the sources
    ("setuptools.build_meta", "", "."),
    ("setuptools.build_meta", "", "src"),
    ("setuptools.build_meta", "[tool.setuptools]\npackages = ['shop.till']", "."),
    ("flit_core.buildapi", "[tool.flit.module]\nname = 'shop'", "."),
    ("hatchling.build", HATCH, "src"),
]
OLDEST = {"setuptools": "70.1"}  # before, it built wheels only beside "wheel"


@pytest.mark.parametrize(("backend", "section", "folder"), EDITABLES)
def test_an_editable_install_by_each_build_tool(
    tmp_path: Path, backend: str, section: str, folder: str
) -> None:
    name = backend.partition(".")[0]
    tool = pytest.importorskip(name, OLDEST.get(name))
    pytest.importorskip("pip", reason="installs with pip")
    project = tmp_path / "project"
    till = project / folder / "shop/till"
    till.mkdir(parents=True)
    for package in (till, till.parent):
        (package / "__init__.py").write_text('"""Sell."""\n')
    (project / "pyproject.toml").write_text(
        f"[build-system]\nrequires = []\nbuild-backend = '{backend}'\n"
        "[project]\nname = 'corner-shop'\nversion = '1.0'\ndescription = 'x'\n"
        f"{section}\n"
    )
    site = pip_install(
        tmp_path / "venv",
        "--no-build-isolation",
        "--editable",
        project,
        PYTHONPATH=str(Path(tool.__file__).parents[1]),
    )
    scanned = Distributions.installed([site])
    owner = scanned.owner("shop.till")
    assert owner is not None
    assert owner.name == "corner-shop"
    assert owner.origin == Origin(project.as_uri(), editable=True)
    assert scanned.owner("shopping") is None
    assert scanned.owner("till") is None


def test_only_the_given_path_is_searched(site: Path) -> None:
    unpack(site, "shop", "1.0", "shop.py")
    assert Distributions.installed().owner("numpy") is not None
    assert Distributions.installed([site]).owner("numpy") is None
    assert Distributions.installed().owner("shop") is None
