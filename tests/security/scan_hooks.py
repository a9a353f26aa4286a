"""What schemathesis is to know before it asks: what a PDF is, and which things there are."""

import json
import os

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

schemathesis.serializer.alias("application/pdf", "application/octet-stream")

# {"services": ["birth-certificate", ...], ...}: the word after /api/, and names of its things.
KNOWN: dict[str, list[str]] = json.loads(os.environ.get("SCAN_KNOWN", "{}"))


@schemathesis.hook
def map_case(context: HookContext, case: Case) -> Case:
    """Name a thing that there is in half of what the schema allows: else almost all is 404."""
    names = KNOWN.get(case.path.split("/")[2] if case.path.count("/") > 1 else "", [])
    lawful = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    for parameter, value in (case.path_parameters or {}).items():
        if names and lawful and len(str(value)) % 2 and parameter != "key":
            case.path_parameters[parameter] = names[len(str(value)) % len(names)]
    return case
