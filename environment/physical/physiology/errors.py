"""What a caller may get wrong about a simulated body.

* PhysiologyError
  - UnknownTreatmentError    no treatment, drug or fluid of that name, or no such detail
  - UnknownInjuryError       no injury of that kind, or it does not take that field
  - UnknownSiteError         the body has no such wound or chest side
  - UnknownParameterError    no parameter of that name may be stated or scripted
"""

from environment.errors import BadValueError


class PhysiologyError(BadValueError):
    """A mistake in how a simulated body is described or treated."""

    code = "physiology"


class UnknownTreatmentError(PhysiologyError):
    """No treatment, drug or fluid of that name, or a detail that it does not take."""

    code = "unknown_treatment"


class UnknownInjuryError(PhysiologyError):
    """No injury of that kind, or a field that it does not have."""

    code = "unknown_injury"


class UnknownSiteError(PhysiologyError):
    """The body has no wound at that site, or the treatment does not fit it."""

    code = "unknown_site"


class UnknownParameterError(PhysiologyError):
    """No parameter of that name."""

    code = "unknown_parameter"
