"""See that the tests have a browser: a found one, or, as root on Debian, the one it packages."""

import os
import shutil
import subprocess
import sys

from nccourse.cli.browser import find_browser


def main() -> int:
    """Return 0 unless a browser is required (CI) and there is none."""
    if not find_browser() and may_install():
        print("Installing Debian's chromium for the browser test", flush=True)
        install()
    if find_browser():
        return 0
    required = os.environ.get("CI") == "true"
    outcome = "CI requires it" if required else "the browser test will be skipped"
    print(f"No Chrome or Chromium found: {outcome}; NCCOURSE_BROWSER names one elsewhere.", file=sys.stderr)
    return int(required)


def may_install() -> bool:
    """Whether apt-get is there and may be used."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install() -> None:
    """Install chromium quietly; the package lists are fetched only if they lack it."""
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    if subprocess.call(command, stderr=subprocess.DEVNULL, **quiet):
        subprocess.call(["apt-get", "update", "-qq"], **quiet)
        subprocess.call(command, **quiet)


if __name__ == "__main__":
    sys.exit(main())
