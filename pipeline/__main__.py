"""`python -m pipeline` is the command `dragoman`."""

import sys

from pipeline.cli import main

sys.exit(main())
