"""On which parameters an endpoint depends: Morris' and Sobol's methods over the model, and ranks between patients."""
