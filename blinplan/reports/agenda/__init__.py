"""What is due over several patients: read from their plans, drawn, and as a document."""
