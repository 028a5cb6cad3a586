"""The public holidays of Germany, without those of the 250 other countries that the library knows.

Asked for one country, the library brings in all of them: 300 modules, 10 MB in every installation.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from holidays.countries.germany import Germany
else:
    _FILE = Path(holidays.__file__).with_name("countries") / "germany.py"
    _SPEC = spec_from_file_location("holidays.countries.germany", _FILE)
    _MODULE = module_from_spec(_SPEC)
    _SPEC.loader.exec_module(_MODULE)
    Germany = _MODULE.Germany

__all__ = ["Germany"]
