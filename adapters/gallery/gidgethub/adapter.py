"""`gidgethub`: sansio.validate_event verifies; nothing signs."""

import pathlib
import sys
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from adapter import serve
from gidgethub import ValidationFailure
from gidgethub.sansio import validate_event


def answer(request):
    payload = request["fields"]["payload"].encode()
    try:
        validate_event(payload, signature=request["token"], secret=request["secret"])
    except ValidationFailure as error:
        return {"outcome": "reject", "code": str(error)}
    return {"outcome": "accept"}


serve(
    {
        "implementation": {
            "name": "gidgethub",
            "version": version("gidgethub"),
            "language": "python",
            "notes": "PyPI package; sansio.validate_event",
        },
        "suites": ["github-webhook"],
        "ops": ["verify"],
    },
    answer,
)
