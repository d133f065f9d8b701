"""Set the course up in .venv; ``make`` runs this first, every time.

Needs Python 3.11 or newer and only the standard library, in syntax an old Python 3 can read, so that it can
say that it is too old. Done in an instant when nothing has changed.

What is finished is recorded in ``.venv/nccourse-setup``: the interpreter, and a fingerprint of what the
packages were installed from; while they are being installed, a word stands in its place. An interrupted first
set-up starts with a clean environment, an interrupted update installs every package again; whatever was
downloaded comes from uv's cache.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
RECORD = os.path.join(VENV, "nccourse-setup")
LOG = os.path.join(ROOT, "build", "setup.log")
UNFINISHED, UPDATING = "unfinished", "updating"

OLDEST, NEWEST = (3, 11), (3, 13)
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
# An environment belongs to one interpreter and one place: scripts and the editable install hold the path.
IDENTITY = f"Python {VERSION} in {VENV}\n"
DISK_GB = 7 if sys.platform.startswith("linux") else 4  # torch brings its GPU libraries on Linux
QUIET_SECONDS = 20  # between two progress lines where the output is not a terminal


def main():
    """Set up what is not set up yet; return the exit status."""
    if sys.version_info[:2] < OLDEST:
        return run_with_a_newer_python()
    wanted = IDENTITY + fingerprint()
    if recorded() == wanted and os.path.exists(PYTHON):
        return 0
    problems = missing()
    if problems:
        print("The course cannot be set up yet:", *problems, sep="\n  - ", file=sys.stderr)
        return 1
    start = time.time()
    prepare_environment()
    install(start)
    record(wanted)
    print(f"Set-up finished in {clock(time.time() - start)}", flush=True)
    return 0


def run_with_a_newer_python():
    """Hand over to a newer interpreter on the path, or say what to install."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            return subprocess.call([newer, *sys.argv])
    print(f"The course needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is Python {VERSION}.")
    print("Install one (python.org, your package manager, or conda), then: make PYTHON=python3.12 course")
    return 1


def missing():
    """Say what stands in the way, before anything is changed."""
    problems = []
    if sys.version_info[:2] > NEWEST:
        print(f"Note: the course is tested up to Python 3.{NEWEST[1]}; this is {VERSION}", file=sys.stderr)
    if not shutil.which("git"):
        print("Note: git is not installed; recorded results will not name their commit", file=sys.stderr)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        problems.append(
            f"this Python has no venv module; on Debian or Ubuntu: apt install python{VERSION}-venv"
        )
    if os.path.isdir(VENV) and recorded() is None and not os.path.exists(PYTHON):
        problems.append(".venv is there but is no working environment; move it away")
    if not os.access(ROOT, os.W_OK):
        problems.append(f"{ROOT} cannot be written to")
    for place, needed in disk_needs():
        free = shutil.disk_usage(place).free / 1e9
        if free < needed:
            remedy = "" if place == ROOT else "; UV_CACHE_DIR moves the download cache"
            problems.append(f"{free:.1f} GB free on the disk of {place}, {needed:.1f} GB needed{remedy}")
    return problems


def disk_needs():
    """Return the places and the gigabytes still to be written there."""
    if recorded() not in (None, IDENTITY + UNFINISHED):
        return [(ROOT, 1.0)]
    needs = [(ROOT, max(1.0, DISK_GB - folder_gb(VENV)))]
    cache = os.environ.get("UV_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "uv"
    )
    disk = cache
    while not os.path.isdir(disk):
        disk = os.path.dirname(disk)
    if os.stat(disk).st_dev != os.stat(ROOT).st_dev:  # on one disk, uv links instead of copying
        needs.append((disk, max(0.5, DISK_GB - 1 - folder_gb(cache))))
    return needs


def folder_gb(path):
    """Return the size of a folder; 0 where there is none."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            total += os.lstat(os.path.join(folder, name)).st_size
    return total / 1e9


def fingerprint():
    """Return a hash of everything the installed packages depend on."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read() + b"\0")
    return digest.hexdigest()


def recorded():
    """Return what the last set-up left on record, None without one."""
    try:
        with open(RECORD, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def record(state):
    """Put a state on record; whole or not at all."""
    with open(RECORD + ".new", "w", encoding="utf-8") as file:
        file.write(state)
    os.replace(RECORD + ".new", RECORD)


def prepare_environment():
    """Leave a working environment with uv in it; one that somebody else made is kept and completed."""
    state = recorded()
    if state is None and os.path.isdir(VENV):
        print("Completing the .venv that is already there", flush=True)
    elif state and state.startswith(IDENTITY) and state != IDENTITY + UNFINISHED and os.path.exists(PYTHON):
        print("Updating the course's .venv", flush=True)
    else:
        print(f"Setting up the course in .venv (once; about 2 minutes and {DISK_GB - 1} GB)", flush=True)
        create_environment()
    if not shutil.which("uv", path=BIN):
        call([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])


def create_environment():
    """Make an empty environment, on record as unfinished from its first moment."""
    shutil.rmtree(VENV, ignore_errors=True)
    os.makedirs(VENV)
    record(IDENTITY + UNFINISHED)
    # The interpreter behind an activated .venv, since that one has just been removed.
    call([getattr(sys, "_base_executable", sys.executable), "-m", "venv", VENV])


def install(start):
    """Install everything pinned, with a line that shows how far it is."""
    command = [shutil.which("uv", path=BIN), "pip", "install", "--python", PYTHON, "--compile-bytecode"]
    command += ["-c", "constraints.txt", "-e", ".[dev]"]
    if recorded() == IDENTITY + UPDATING:
        command.append("--reinstall")
    elif recorded() not in (None, IDENTITY + UNFINISHED):
        record(IDENTITY + UPDATING)
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    progress = Progress(start)
    ticker = threading.Thread(target=progress.show_while_running, args=(process,))
    ticker.start()
    try:
        with open(LOG, "wb") as log:
            for line in process.stdout:
                log.write(line)
                progress.note(line.decode("utf-8", "replace").rstrip())
        code = process.wait()
    finally:
        process.terminate()
        ticker.join()
    if code:
        print(*progress.lines[-25:], sep="\n", file=sys.stderr)
        raise SystemExit(
            "Installing failed (build/setup.log). Run it again; or delete .venv and start afresh."
        )


PHASES = {"Resolved": "downloading", "Prepared": "installing", "Installed": "compiling"}


class Progress:
    """One line rewritten in a terminal; elsewhere a line now and then."""

    def __init__(self, start):
        self.start, self.phase, self.lines = start, "resolving", []
        self.free = shutil.disk_usage(ROOT).free

    def note(self, line):
        """Take in a line that uv printed."""
        self.lines.append(line)
        self.phase = PHASES.get(line.split(" ")[0], self.phase)

    def show_while_running(self, process):
        """Print the line until the process ends."""
        terminal, shown = sys.stdout.isatty(), time.time()
        while process.poll() is None:
            if terminal:
                print("\r\033[K" + self.line(), end="", flush=True)
            elif time.time() - shown >= QUIET_SECONDS:
                shown = time.time()
                print(self.line(), flush=True)
            time.sleep(0.2)
        if terminal:
            print("\r\033[K", end="", flush=True)

    def line(self):
        """Return elapsed time, phase, and what has been written to the disk since the start."""
        written = max(0, self.free - shutil.disk_usage(ROOT).free) / 1e9
        return f"  {clock(time.time() - self.start)}  {self.phase}: {written:.2f} GB written"


def clock(seconds):
    """Return minutes and seconds, e.g. 1:05."""
    return "{}:{:02d}".format(*divmod(int(seconds), 60))


def call(command):
    """Run a command that must succeed."""
    if subprocess.call(command):
        raise SystemExit(f"Failed: {' '.join(command)}. Running it again starts where this ended.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from what is downloaded.", file=sys.stderr)
        sys.exit(130)
