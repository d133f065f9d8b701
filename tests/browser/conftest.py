"""JupyterLab served from a copy of the lessons, driven in a real browser."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from nccourse.cli.browser import find_browser

COURSE = Path(__file__).parents[2]
KERNEL_IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
    return session?.kernel?.status === 'idle';
}"""
ERRORS = ["application/vnd.jupyter.error", "application/vnd.jupyter.stderr"]
PATIENCE = 120_000  # milliseconds; a cold import of torch on a busy machine takes most of it


class Lab:
    """A running JupyterLab and one browser page that shows it."""

    def __init__(self, page: Page, address: str, token: str) -> None:
        self.page, self.address, self.token = page, address, token
        self.page_errors: list[str] = []
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))

    def open(self, notebook: str) -> None:
        """Show a notebook and wait for its kernel."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=PATIENCE)
        self.page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)

    def run_all(self) -> None:
        """Execute every cell and wait until the last has answered."""
        command = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells') }"
        self.page.evaluate(command)
        self.page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)

    def errors(self) -> list[str]:
        """What the cells printed as errors."""
        selector = ", ".join(f".jp-OutputArea-output[data-mime-type='{mime}']" for mime in ERRORS)
        return self.page.locator(selector).all_inner_texts()


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser; its absence skips a test, except in CI, where it fails it."""
    found = find_browser()
    if found is None:
        reason = "no Chrome or Chromium found: install one or set NCCOURSE_BROWSER to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where a person looks at what the tests saw."""
    folder = COURSE / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def lab(browser_path: Path, tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab as ``nccourse lab`` starts it, on a free port, with settings and lessons of its own."""
    course = tmp_path / "course"
    shutil.copytree(COURSE / "lessons", course / "lessons")
    port, token = _free_port(), secrets.token_hex(16)
    environment = os.environ | _settings(tmp_path, token) | {"NCCOURSE_HOME": str(course)}
    script = Path(sys.executable).with_name("nccourse")
    command = [str(script), "lab", "--no-browser", f"--port={port}"]
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=course, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api?token={token}", server, tmp_path / "lab.log")
        with sync_playwright() as playwright:
            # A container's root cannot use Chromium's sandbox; the page shown is our own, on loopback.
            browser = playwright.chromium.launch(
                executable_path=str(browser_path), args=["--no-sandbox", "--disable-gpu"]
            )
            with closing(browser):
                yield Lab(browser.new_page(viewport={"width": 1280, "height": 1000}), address, token)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _settings(folder: Path, token: str) -> dict[str, str]:
    """Write JupyterLab's settings below ``folder`` and return the environment that points to them."""
    settings = folder / "settings" / "@jupyterlab"
    _write(settings / "notebook-extension" / "tracker.jupyterlab-settings", {"windowingMode": "none"})
    _write(settings / "apputils-extension" / "notification.jupyterlab-settings", {"fetchNews": "false"})
    config = {"LabApp": {"expose_app_in_browser": True}, "IdentityProvider": {"token": token}}
    _write(folder / "config" / "jupyter_server_config.json", config)
    return {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended with {server.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not answer within 60 s:\n{log.read_text()}")
