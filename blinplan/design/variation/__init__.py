"""What a regimen, the model or its patients can have otherwise: an axis with its values, and what is made from one."""
