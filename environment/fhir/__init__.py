"""A case as FHIR R4: what the twins say, in the words of health records."""
