"""The plan as FHIR R4 resources."""
