"""Write the table of promises anew: python -m tests.promises."""

import sys

from tests.promises.held import held
from tests.promises.table import PAGE, empty, table

found = held()
PAGE.write_text(table(found), encoding="utf-8")
without = empty(found)
sys.stdout.write("".join(f"nothing holds {what}\n" for what in without))
sys.exit(bool(without))
