"""``python -m nccourse`` is ``nccourse``."""

import sys

from nccourse.cli import main

sys.exit(main())
