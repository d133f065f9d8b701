"""Time from a slider's move to the new picture: in JupyterLab in a real browser, and on the Python side.

Run: python benchmarks/widgets.py. Targets in the browser: a median below 100 ms, below 300 ms while the
network laboratory trains. Without a browser only the Python side is measured.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import numpy as np
import torch
from playwright.sync_api import Page, sync_playwright

from nccourse import geometry, widgets
from nccourse.cli.browser import find_browser
from nccourse.widgets import Panel

ROUNDS = 15
MOVES = 20
PATIENCE = 180_000  # milliseconds
# Widget -> which of its sliders, and what that is. The first trains while four are measured a second time.
BROWSED = {
    "network_lab": (0, "γ"),
    "gamma_explorer": (0, "γ"),
    "pull_push": (0, "angle"),
    "bias_lab": (3, "λ_b"),
    "imbalance_lab": (0, "R"),
    "landscape_lab": (1, "λ"),
    "loss_lab": (3, "Kc"),
    "etf_viewer": (1, "σ"),
}
WHILE_TRAINING = 4
CELLS = ("from nccourse import widgets", *(f"widgets.{name}()" for name in BROWSED))
KERNEL_IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
    return session?.kernel?.status === 'idle';
}"""
RUN_ALL = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells') }"
# From the key to the picture decoded, in the page's own clock; a pause between two moves, as of a finger. The
# training network sends pictures at any time: the setting in the read-out tells a move's own.
MOVE = """async ([cell, slider, end, key, moves]) => {
    const root = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[cell];
    const handle = root.querySelectorAll('.noUi-handle')[slider];
    const picture = root.querySelector('img.widget-image');
    const press = key => handle.dispatchEvent(
        new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    const pause = time => new Promise(resolve => setTimeout(resolve, time));
    const setting = () => [...root.querySelectorAll('[role=status] tr')]
        .find(row => row.cells[0].textContent === 'Setting')?.textContent
        ?? root.querySelector('[role=status]').textContent;
    const decoded = async () => {
        for (;;) try { return await picture.decode() } catch { /* the next picture came before */ }
    };
    press(end);
    await pause(2000);
    const times = [];
    for (let move = 0; move < moves; move++) {
        const before = setting();
        const answered = new Promise((resolve, reject) => {
            const watch = new MutationObserver(() => setting() !== before && resolve());
            watch.observe(root, {childList: true, characterData: true, subtree: true});
            setTimeout(() => { watch.disconnect(); reject(new Error('no answer within 10 s')) }, 10000);
        });
        const start = performance.now();
        press(key);
        await answered;
        await decoded();
        times.push(performance.now() - start);
        await pause(100);
    }
    return times;
}"""


def recorded_run(num_classes: int = 10, snapshots: int = 25) -> Panel:
    """A run of ten classes in 64 dimensions that gathers at an ETF."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % num_classes
    etf = geometry.simplex_etf(num_classes, 64, generator=torch.Generator().manual_seed(0)).numpy()
    share = np.linspace(0, 1, snapshots)[:, None, None]
    features = share * etf[labels] + (1 - share) * rng.normal(size=(200, 64))
    means = np.stack([features[:, labels == k].mean(axis=1) for k in range(num_classes)], axis=1)
    curves = {f"nc{i}": np.geomspace(1, 1e-6, snapshots) for i in range(1, 5)}
    return widgets.collapse_player(
        range(snapshots), means, means, features=features, labels=labels, curves=curves
    )


def values(control: object, rounds: int) -> list[object]:
    """Values of a control from end to end."""
    options = getattr(control, "options", None)
    if options:
        return [value for _, value in options] * (rounds // len(options))
    slider = control
    low, high = slider.min, slider.max  # type: ignore[attr-defined]
    if hasattr(slider, "base"):
        return list(slider.base ** np.linspace(low, high, rounds))
    kind = type(slider.value)  # type: ignore[attr-defined]
    return [kind(value) for value in np.linspace(low, high, rounds)]


def measure(name: str, panel: Panel) -> None:
    """Print one row per control: median and largest milliseconds, and the picture's size."""
    for control_name, control in panel.controls.items():
        times = []
        for value in values(control, ROUNDS):
            start = time.perf_counter()
            panel.set(**{control_name: value})
            times.append(1e3 * (time.perf_counter() - start))
        panel.set(**{control_name: values(control, ROUNDS)[ROUNDS // 2 - 1]})
        size = len(panel.picture.png()) / 1024
        print(f"{name:16} {control_name:12} {statistics.median(times):9.1f} {max(times):9.1f} {size:6.0f}")


def measure_in_browser(page: Page) -> None:
    """Print one row per widget: at rest, and while the network laboratory trains."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} cores, load before {load}")
    print(f"{'in JupyterLab':40} {'median ms':>9} {'max ms':>9}")
    lab = page.locator(".jp-CodeCell").nth(1)
    # From another end the second time: the same way would meet solutions that are remembered.
    for when, end, key in (
        ("at rest", "Home", "ArrowRight"),
        ("while a network trains", "End", "ArrowLeft"),
    ):
        training = end == "End"
        browsed = list(BROWSED.items())[: WHILE_TRAINING if training else None]
        for cell, (name, (slider, symbol)) in enumerate(browsed, start=1):
            if training:
                # Anew each time: a run of 500 epochs would end before the last widget is measured.
                lab.get_by_role("button", name="Reset").click()
                lab.get_by_role("button", name="Start").click()
            times = page.evaluate(MOVE, [cell, slider, end, key, MOVES])
            if training and "training" not in lab.locator("[role=status]").inner_text():
                raise RuntimeError("the network came to rest before all moves were made")
            print(f"{f'{name} {symbol}, {when}':40} {statistics.median(times):9.1f} {max(times):9.1f}")


@contextmanager
def notebook_in_browser(browser_path: Path) -> Iterator[Page]:
    """Show the widgets, run, in a JupyterLab of their own."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, token = Path(name), secrets.token_hex(16)
        cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        # Without it JupyterLab would ask which kernel to take.
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "widgets.ipynb")
        with served(folder, token) as address:
            # A container's root cannot use Chromium's sandbox; the page shown is our own, on loopback.
            browser = playwright.chromium.launch(
                executable_path=str(browser_path), args=["--no-sandbox", "--disable-gpu"]
            )
            with closing(browser):
                page = browser.new_page(viewport={"width": 1280, "height": 1000})
                page.goto(f"{address}/lab/tree/widgets.ipynb?token={token}")
                page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=PATIENCE)
                page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)
                page.evaluate(RUN_ALL)
                pictures = "count => document.querySelectorAll('img.widget-image').length === count"
                page.wait_for_function(pictures, arg=len(BROWSED), timeout=PATIENCE)
                page.wait_for_function(KERNEL_IDLE, timeout=PATIENCE)
                yield page


@contextmanager
def served(folder: Path, token: str) -> Iterator[str]:
    """Start JupyterLab on loopback with settings of its own below ``folder``; yield its address."""
    settings = {
        "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
        "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
        "config/jupyter_server_config.json": {
            "LabApp": {"expose_app_in_browser": True},
            "IdentityProvider": {"token": token},
            "ServerApp": {"allow_root": True, "open_browser": False, "root_dir": str(folder)},
        },
    }
    for path, content in settings.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(content), encoding="utf-8")
    own = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ip=127.0.0.1"]
    server = subprocess.Popen(command, env=os.environ | own, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api?token={token}")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(url: str) -> None:
    """Return when the server answers, at latest after two minutes."""
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def main() -> None:
    """Time the widgets in a browser, where there is one, then each on the Python side."""
    browser = find_browser()
    if browser is None:
        print("No Chrome or Chromium found: NCCOURSE_BROWSER names one; only the Python side is measured.")
    else:
        with notebook_in_browser(browser) as page:
            measure_in_browser(page)
    print(f"{'Python alone':16} {'control':12} {'median ms':>9} {'max ms':>9} {'KB':>6}")
    for name in (*BROWSED, "convergence_lab", "minority_lab"):
        measure(name, getattr(widgets, name)())
    measure("collapse_player", recorded_run())


if __name__ == "__main__":
    main()
