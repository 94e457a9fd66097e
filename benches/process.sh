#!/usr/bin/env bash
# What a whole process costs, against other programs on the same file: one that only reads it, and `gatekeeper check`, which
# also hashes it, explains ten thousand failures, judges and reports. CPU seconds, medians of interleaved rounds. A program
# that is not installed is named and left out.
#
#   cargo build --release && benches/process.sh [path of gatekeeper] [rounds] [MB]
set -euo pipefail
cd "$(dirname "$0")/.."
source benches/measure.sh
gatekeeper=$(realpath "${1:-target/release/gatekeeper}")
rounds=${2:-5}
megabytes=${3:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
unset GITHUB_ACTIONS

bench=$(built speed)

counted() { wc -l "$1"; }
queried() { jq -c 'length' "$1"; }
loaded() { python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"; }
parsed() { python3 -c 'import sys, test_results_parser as t; t.parse_junit_xml(open(sys.argv[1], "rb").read())' "$1"; }
# What diff_cover makes of twenty changed files.
covered() {
  python3 -c '
import sys, xml.etree.ElementTree as etree
from diff_cover.git_path import GitPathTool
from diff_cover.violationsreporters.violations_reporter import XmlCoverageReporter

GitPathTool.set_cwd(".")
report = XmlCoverageReporter([etree.parse(sys.argv[1])])
for file in range(20):
    report.violations(f"shop/file_{file}.ex")
' "$1"
}
looped() { "$bench" --lines <"$1"; }
reading() { "$bench" --read "$format" <"$1"; }
check() { "$gatekeeper" check -q --as "$format" "$1"; }

# compare FORMAT PEER…
compare() {
  local format=$1 file=$work/corpus
  "$bench" --corpus "$format" --mb "$megabytes" >"$file" 2>/dev/null
  measure "$megabytes MB of $format" "$file" "${@:2}" reading check
}

# against FORMAT PEER WHAT IT NEEDS
against() {
  if "${@:3}" >/dev/null 2>&1; then
    compare "$1" "$2"
  else
    printf '\n%s\nNOT MEASURED: %s fails\n' "$1" "${*:3}"
  fi
}

for format in exunit-console lcov-info dialyxir-short; do
  compare "$format" counted looped
done
against junit-xml parsed python3 -c 'import test_results_parser'
against cobertura-xml covered python3 -c 'import diff_cover'
against excoveralls-json loaded python3 --version
for format in credo-json credo-sarif sobelow-json; do
  against "$format" queried jq --version
done
