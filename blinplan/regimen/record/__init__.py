"""What happened to one patient's course: the record's file, and its values."""
