"""Look for an example at each limit, and write boundaries.json anew: python -m tests.rules.boundaries."""

import json
import sys

from blinplan.rules.limits import shipped_limits
from tests.rules.boundaries.boundaries import LIST, found
from tests.rules.boundaries.course_probes import BY_GRADE, OF_COURSES
from tests.rules.boundaries.probes import OF_MEASURES, OF_RULES

probed = {**OF_RULES, **OF_COURSES, **OF_MEASURES, **BY_GRADE}
at = found(shipped_limits().keys() - probed)
text = json.dumps({name: one._asdict() for name, one in sorted(at.items())}, indent=1, ensure_ascii=False)
LIST.write_text(text + "\n", encoding="utf-8")
without = shipped_limits().keys() - probed - at.keys()
sys.stdout.write(f"{len(at)} limits have an example at them, {len(probed)} a probe\n")
sys.stdout.write("".join(f"{name} has neither: write a probe in probes.py\n" for name in sorted(without)))
