"""Every findings document in testdata/reports/ follows the schema.

Usage: schema_test.py SCHEMA DOCUMENT...
"""

import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for error in validator.iter_errors(document):
            failures += 1
            where = "/".join(str(each) for each in error.absolute_path)
            print(f"{path}: {where}: {error.message}", file=sys.stderr)
    # A schema that lets everything pass would make all of the above idle.
    if validator.is_valid({"format": "chansan-findings", "version": 2,
                           "findings": [{"id": "race"}], "summary": {}}):
        failures += 1
        print("the schema accepts a finding without a message",
              file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
