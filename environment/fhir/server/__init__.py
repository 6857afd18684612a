"""The FHIR server: from the journal to versions of resources, from a request to an answer."""
