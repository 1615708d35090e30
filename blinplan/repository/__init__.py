"""The git repository that regimens are kept in: where it is, and what it held before."""
