"""A real Jupyter server and a real browser, with settings of their own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PACKAGES = ("jupyterlab", "notebook", "playwright", "voila")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

SETTINGS = {
    # What is out of sight is in the page too.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}


@dataclass(frozen=True)
class Jupyter:
    """A running server of JupyterLab, Notebook 7 and Voila.

    Args:
        url: where it listens, without a slash at the end.
        folder: the notebooks that it serves.
    """

    url: str
    folder: Path

    def stop_kernels(self) -> None:
        """End what the notebooks started; their files stay."""
        for kernel in requests.get(f"{self.url}/api/kernels", timeout=60).json():
            requests.delete(f"{self.url}/api/kernels/{kernel['id']}", timeout=60)


def find_browser() -> str | None:
    """Return the path of a Chromium that is installed on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def start_jupyter(folder: Path) -> Iterator[Jupyter]:
    """Serve a new folder below ``folder``, until the block ends."""
    served = folder / "served"
    served.mkdir()
    port = _free_port()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            _command(port),
            cwd=served,
            env=_environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    jupyter = Jupyter(f"http://127.0.0.1:{port}", served)
    try:
        _wait_until_it_answers(jupyter.url, process, folder / "log")
        yield jupyter
        jupyter.stop_kernels()
    finally:
        process.kill()  # nothing of it is needed any more
        process.wait()


@contextmanager
def start_browser() -> Iterator["Browser"]:
    """Start a headless Chromium that knows no host but this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


def _command(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.disable_check_xsrf=True",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]


def _environment(folder: Path) -> dict[str, str]:
    settings = folder / "config" / "labconfig"
    settings.mkdir(parents=True)
    text = json.dumps(SETTINGS)
    (settings / "default_setting_overrides.json").write_text(text)
    places = {
        "HOME": "home",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "lab-settings",
        "JUPYTERLAB_WORKSPACES_DIR": "lab-workspaces",
    }
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("JUPYTER")}
    return inherited | {name: str(folder / place) for name, place in places.items()}


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _wait_until_it_answers(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while not _answers(url):
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError(f"Jupyter didn't start:\n{log.read_text()}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/status", timeout=60).ok
    except requests.ConnectionError:
        return False
