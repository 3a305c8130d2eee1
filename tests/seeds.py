"""Where all chance of the tests begins."""

import os

SEED = int(os.environ.get("SUKI_SEED", "20150801"))
