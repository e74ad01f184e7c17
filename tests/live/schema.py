#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py FILE...: JSON documents against src/schema/portwhy.schema.json.

The published schema allows further keys; here a key that it does not describe
is a complaint.  A line for each file that is wrong, last how many were looked
at; status 1 if one is wrong.  Without python3-jsonschema it is skipped.
"""
import functools
import json
import os
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/schema/portwhy.schema.json")
HERE = "#/$defs/"
MISSING = "python3-jsonschema (4.0 or later) is not installed"


def strict(schema, defs):
    """A copy that allows no other keys.  What $ref names is put in its place: to look it up takes most of the time."""
    if isinstance(schema, list):
        return [strict(s, defs) for s in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        return strict({**defs[schema["$ref"][len(HERE):]], **beside}, defs)
    copy = {k: strict(v, defs) for k, v in schema.items() if k != "$defs"}
    if copy.get("type") == "object":
        copy.setdefault("additionalProperties", False)
    return copy


@functools.lru_cache(None)
def validator():
    """The one for all documents."""
    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(strict(schema, schema["$defs"]))


def misfit(errors):
    """How far a value is from a form: another type, keys of another one, wrong values in it."""
    own = [e for e in errors if not e.path]
    return "type" in [e.validator for e in own], len(own), len(errors)


def nearest(error):
    """The error itself; where a value may have one of several forms, that in the form which it nearly has."""
    forms = {}
    for e in error.context:
        forms.setdefault(e.schema_path[0], []).append(e)
    return nearest(min(forms.values(), key=misfit)[0]) if forms else error


def complaint(doc):
    """What is wrong with a document; None if nothing is, or nobody can tell."""
    error = Draft202012Validator and next(validator().iter_errors(doc), None)
    if not error:
        return None
    error = nearest(error)
    return "the schema does not allow %s: %s" % (error.json_path, error.message)


def undescribed(schema, where=""):
    """The keys that the schema names and says nothing of."""
    if isinstance(schema, list):
        return [k for s in schema for k in undescribed(s, where)]
    if not isinstance(schema, dict):
        return []
    of = {k: v for k, v in schema.get("properties", {}).items() if isinstance(v, dict)}
    missing = [where + k for k, v in of.items() if not v.get("description", "").strip()]
    return missing + [k for name, s in schema.items() for k in undescribed(s, where + name + ".")]


def main():
    if not Draft202012Validator:
        print("skip schema: " + MISSING)
        return 0
    wrong = ["%s: no description" % k for k in undescribed(validator().schema)]
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as f:
            why = complaint(json.load(f))
        wrong += [name + ": " + why] if why else []
    print("\n".join(wrong + ["schema: %d documents, %d complaints" % (len(sys.argv) - 1, len(wrong))]))
    return 1 if wrong or len(sys.argv) == 1 else 0


if __name__ == "__main__":
    sys.exit(main())
