"""A site profile and a course record, as text, and the command line of a plan."""

WARD = (
    'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\nclosed = ["saturday", "sunday"]\n'
    "bag = [{ hours = 24, fill_ml = 275 }, { hours = 48 }, { hours = 72 }]\n"
)

RECORD = (
    'record = 1\nregimen = "rr-adult"\nstart = 2026-03-16T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 70\n'
    "age_years = 40\n\n"
    "[[interruption]]\nstopped = 2026-03-26T14:00:00\nrestarted = 2026-03-29T14:00:00\n"
    'cause = "cytokine-release-syndrome"\ngrade = 3\ncycle = 1\n'
)

DATED = (
    "plan",
    "rr-adult",
    "--weight",
    "70",
    "--age",
    "40",
    "--start",
    "2026-10-19T10:00",
    "--time-zone",
    "Europe/Berlin",
)
