"""``python -m truss_nb``: the command line, where no ``truss-nb`` is on the path."""

import sys

from truss_nb.cli import main

sys.exit(main())
