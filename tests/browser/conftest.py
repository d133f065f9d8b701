"""JupyterLab served from a copy of the lessons, in a real browser, and its widgets driven by keyboard."""

from __future__ import annotations

import ast
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from nccourse.cli.browser import find_browser

COURSE = Path(__file__).parents[2]
KERNEL_IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
    return session?.kernel?.status === 'idle';
}"""
ASK = """async expression => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const request = {code: '', silent: true, user_expressions: {expression}};
    return (await kernel.requestExecute(request).done).content.user_expressions.expression;
}"""
# Gives the kernel of a notebook with widgets what the driver asks it.
PEEK = """
from nccourse import widgets

def plain(value):
    return getattr(value, "__name__", value)

def controls(panel):
    return [
        {"name": name, "label": control.description, "values": reachable(control)}
        for name, control in panel.controls.items()
    ]

def reachable(control):
    if hasattr(control, "options"):
        return [plain(value) for _, value in control.options]
    ends = [control.min, control.min + control.step, control.max]
    return [control.base ** end for end in ends] if hasattr(control, "base") else ends
"""
# What answers a widget has no cell to print its errors in. Not to be heard before widgets are shown: a kernel
# that has none complains of JupyterLab's question which are left of before.
LISTEN = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    window.complaints = [];
    kernel.iopubMessage.connect((_, {header, content}) => {
        if (header.msg_type === 'error') window.complaints.push(`${content.ename}: ${content.evalue}`);
        if (content.name === 'stderr') window.complaints.push(content.text);
    });
}"""
PICTURE = "img.widget-image"
# While a network trains, the next picture may come before one is decoded.
DECODED = """async image => {
    for (let tries = 0; tries < 100; tries++) {
        try { await image.decode(); return image.src } catch {}
    }
    throw new Error(`${image.src} cannot be decoded`);
}"""
ANSWERED = 30.0  # seconds until a widget has answered
ERRORS = ["application/vnd.jupyter.error", "application/vnd.jupyter.stderr"]
PATIENCE = 120_000  # milliseconds; a cold import of torch on a busy machine takes most of it


class Lab:
    """A running JupyterLab and one browser page that shows it."""

    def __init__(self, page: Page, address: str, token: str, course: Path) -> None:
        self.page, self.address, self.token, self.course = page, address, token, course
        self.page_errors: list[str] = []
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.page_errors.append(f"{message.text} ({message.location.get('url')})")

    def write(self, notebook: str, sources: Iterable[str]) -> None:
        """Write a notebook of code cells into the course."""
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        # Without it JupyterLab would ask which kernel to take.
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(made, self.course / notebook)

    def open(self, notebook: str) -> None:
        """Show a notebook and wait for its kernel."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?token={self.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=PATIENCE)
        self.page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)

    def run_all(self) -> None:
        """Execute every cell, wait until the last has answered, and from then on listen for complaints."""
        command = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells') }"
        self.page.evaluate(command)
        self.page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)
        self.page.evaluate(LISTEN)

    def ask(self, expression: str) -> Any:
        """Return a value from the kernel, which may not yet have done what widgets asked of it."""
        answer = self.page.evaluate(ASK, f"__import__('json').dumps({expression})")
        if answer["status"] != "ok":
            pytest.fail(f"{expression}: {answer['ename']}: {answer['evalue']}")
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def eventually(self, check: Callable[[], None]) -> None:
        """Return as soon as a check passes; fail as it does if it never passes. It asks page or kernel."""
        deadline = time.monotonic() + ANSWERED
        while True:
            try:
                return check()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    def errors(self) -> list[str]:
        """What the cells printed as errors."""
        selector = ", ".join(f".jp-OutputArea-output[data-mime-type='{mime}']" for mime in ERRORS)
        return self.page.locator(selector).all_inner_texts()

    def complaints(self) -> list[str]:
        """Errors of the cells, of the kernel when it answers widgets, and of the page."""
        return self.errors() + self.page.evaluate("window.complaints") + self.page_errors


class Widget:
    """A widget in a cell, held by the kernel under a name, and driven from the keyboard as a person does."""

    def __init__(self, lab: Lab, name: str, cell: int) -> None:
        self.lab, self.name = lab, name
        self.root = lab.page.locator(".jp-Notebook .jp-CodeCell").nth(cell)

    def controls(self) -> list[dict[str, Any]]:
        """Name and label of each control, and its values: all of a list's, a slider's first two and last."""
        return self.lab.ask(f"controls({self.name})")

    def values(self) -> dict[str, Any]:
        """The controls' values in the kernel."""
        return self.lab.ask(f"{{name: plain(value) for name, value in {self.name}.values.items()}}")

    def press(self, label: str, *keys: str) -> None:
        """Focus the control with this label, then press keys."""
        control = self.root.locator(f".widget-inline-hbox:has(> .widget-label:text-is('{label}'))")
        control.locator(".noUi-handle, select").focus()
        self.press_keys(*keys)

    def press_button(self, name: str, *keys: str) -> None:
        """Focus the button with this name, or else this tooltip, then press keys."""
        button = self.root.get_by_role("button", name=name, exact=True)
        button.focus()
        self.press_keys(*keys)

    def press_keys(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.lab.page.keyboard.press(key)

    def expect(self, **wanted: Any) -> None:
        """Wait until controls have these values in the kernel; fail if they never do."""
        self.lab.eventually(lambda: self._has(wanted))

    def _has(self, wanted: dict[str, Any]) -> None:
        values = self.values()
        assert {name: values[name] for name in wanted} == pytest.approx(wanted)

    def readout(self) -> dict[str, str]:
        """The read-out: name -> text."""
        cells = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        return dict(self.root.locator("[role=status] tr").evaluate_all(cells))

    def picture(self) -> str:
        """The address of the picture, once it is shown."""
        image = self.root.locator(PICTURE)
        return str(image.evaluate(DECODED))


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


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    """The browser; one for all, as playwright starts but once in a process."""
    # A container's root cannot use Chromium's sandbox; the pages shown are our own, on loopback.
    options = {"executable_path": str(browser_path), "args": ["--no-sandbox", "--disable-gpu"]}
    with sync_playwright() as playwright, closing(playwright.chromium.launch(**options)) as started:
        yield started


@pytest.fixture(scope="session")
def start_lab(browser: Browser) -> Callable[[Path], AbstractContextManager[Lab]]:
    """A function that serves the lessons from below a new folder."""
    return lambda folder: _started_lab(browser, folder)


@pytest.fixture
def lab(start_lab: Callable[[Path], AbstractContextManager[Lab]], tmp_path: Path) -> Iterator[Lab]:
    """A JupyterLab of the test's own."""
    with start_lab(tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def show() -> Callable[[Lab, dict[str, str]], dict[str, Widget]]:
    """A function that shows widgets, name -> source of its cell, and waits for their pictures."""
    return _shown


def _shown(lab: Lab, sources: dict[str, str]) -> dict[str, Widget]:
    lab.write("widgets.ipynb", [PEEK, *(f"{source}\n{name}" for name, source in sources.items())])
    lab.open("widgets.ipynb")
    lab.run_all()
    shown = {name: Widget(lab, name, cell) for cell, name in enumerate(sources, start=1)}
    for widget in shown.values():
        widget.root.locator(PICTURE).wait_for(timeout=PATIENCE)
    return shown


@contextmanager
def _started_lab(browser: Browser, folder: Path) -> Iterator[Lab]:
    """JupyterLab as ``nccourse lab`` starts it, on a free port, with settings and lessons of its own."""
    course = folder / "course"
    shutil.copytree(COURSE / "lessons", course / "lessons")
    port, token = _free_port(), secrets.token_hex(16)
    environment = os.environ | _settings(folder, token) | {"NCCOURSE_HOME": str(course)}
    script = Path(sys.executable).with_name("nccourse")
    command = [str(script), "lab", "--no-browser", f"--port={port}"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=course, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api?token={token}", server, folder / "lab.log")
        # Its own context: cookies know no ports, and the servers would share theirs.
        with closing(browser.new_context(viewport={"width": 1280, "height": 1400})) as context:
            yield Lab(context.new_page(), address, token, course)
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
