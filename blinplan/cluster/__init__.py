"""Many machines: what is to be computed goes to the workers of a Dask cluster."""
