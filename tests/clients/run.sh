#!/usr/bin/env bash
# Lints the OpenAPI document of a running service, generates a TypeScript and a Python client from it and does the tour
# with both: run.sh URL CLIENT_ID CLIENT_SECRET. The client is one of the municipality for jobcenter-fredericia; the tour
# changes the extract of 2024-01-01. Needs Node.js 20.19 with npm, Python 3.11, curl, and the npm and PyPI registries.
set -euo pipefail

[[ $# -eq 3 ]] || { echo "run.sh URL CLIENT_ID CLIENT_SECRET" >&2; exit 2; }
url=${1%/} client_id=$2 client_secret=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
table_9=$root/seeds/fredericia-2023-2026/table-9.csv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

heading() { printf '\n-- %s --\n' "$*"; }

heading "Document"
cd "$folder"
curl --fail --silent --show-error --output openapi.json "$url/openapi.json"

heading "Tools"
cp "$here"/{package.json,tsconfig.json,tour.ts} .
npm install --no-package-lock --no-audit --no-fund --loglevel=error
python3 -m venv python
python/bin/pip install --quiet --requirement "$here/requirements.txt"
export PATH="$folder/node_modules/.bin:$folder/python/bin:$PATH"

heading "Spectral"
spectral lint --ruleset "$root/.spectral.yaml" --fail-severity=hint openapi.json
heading "Redocly"
redocly lint --config "$root/redocly.yaml" openapi.json

heading "TypeScript"
openapi-typescript openapi.json --output schema.d.ts
tsc --strict --project .
node build/tour.js "$url" "$client_id" "$client_secret" "$table_9"

heading "Python"
openapi-python-client generate --path openapi.json --meta none --output-path helhedsplan_client \
    --config "$here/python-client.yaml" --fail-on-warning
PYTHONPATH=$folder python "$here/tour.py" "$url" "$client_id" "$client_secret" "$table_9"
