"""Check regimens: read the files, find their settings, put right what is asked for, judge, and say so."""
