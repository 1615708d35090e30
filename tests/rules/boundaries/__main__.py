"""Look for an example at each limit, and write boundaries.json anew: python -m tests.rules.boundaries."""

import json
import sys

from blinplan.rules.limits import shipped_limits
from tests.rules.boundaries.boundaries import LIST, found

at = found()
text = json.dumps({name: one._asdict() for name, one in sorted(at.items())}, indent=1, ensure_ascii=False)
LIST.write_text(text + "\n", encoding="utf-8")
sys.stdout.write(f"{len(at)} of {len(shipped_limits())} limits have an example at them\n")
