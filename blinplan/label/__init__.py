"""What a label says, as data: schedules, premedication, answers to adverse events, bags. Each value has its source."""
