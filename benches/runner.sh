#!/usr/bin/env bash
# What `gatekeeper run` costs, against the bare command, `tee` and script(1): CPU seconds of all processes together, medians
# of interleaved rounds; then starts of a command that does nothing, a real `mix test`, and how soon after the end of its
# command gatekeeper has ended.
#
#   cargo build --release && benches/runner.sh [path of gatekeeper] [rounds] [MB]
set -euo pipefail
cd "$(dirname "$0")/.."
source benches/measure.sh
gatekeeper=$(realpath "${1:-target/release/gatekeeper}")
rounds=${2:-5}
bytes=$((${3:-100} * 1000000))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shop=$PWD/fixtures/shop
suites=$PWD/fixtures/captures/exunit/1.20.4
cd "$work"
export GATEKEEPER_NO_CHANNEL=1
export LC_ALL=C
unset GITHUB_ACTIONS

line='.........................................................................................'
child="yes $line | head -c $bytes"

bare() { sh -c "$1"; }
tee_() { sh -c "$1" | tee log; }
typescript() { script -qec "$1" log; }
run() { "$gatekeeper" run -q -- sh -c "$1"; rm -rf .gatekeeper; }

measure "$((bytes / 1000000)) MB in blocks" "$child" tee_ bare run typescript
measure "$((bytes / 10000000)) MB line by line" "stdbuf -oL yes $line | stdbuf -oL head -n $((bytes / 900))" tee_ bare run typescript

# A hundred starts at a time: one is shorter than the clock is fine.
hundred() { for _ in $(seq 100); do "$@"; done; }
start_bare() { hundred bare true; }
start_run() { hundred run true; }
start_script() { hundred typescript true; }
measure "100 starts of \`true\`" true start_bare start_run start_script

# From the last act of a command to the end of gatekeeper, which has judged, shown and recorded by then.
delay() {
  local title=$1 command="$2; echo \$EPOCHREALTIME >$work/end" ended
  for _ in $(seq "$((rounds * 4))"); do
    "$gatekeeper" run -- bash -c "$command" >/dev/null 2>&1 || true
    ended=$EPOCHREALTIME
    awk "BEGIN { printf \"%.1f\\n\", ($ended - $(cat "$work/end")) * 1000 }" >>"$work/delays"
    rm -rf .gatekeeper
  done
  printf '%-50s %s ms\n' "$title" "$(median <"$work/delays")"
  rm "$work/delays"
}

# A project in a repository, as projects are.
cp -r "$shop" "$work/shop"
cd "$work/shop"
printf '/_build/\n/cover/\n' >.gitignore
git init -q
git add .
git -c user.name=a -c user.email=a@example.com -c commit.gpgsign=false commit -qm all
measure "100 starts of \`true\` in a repository" true start_bare start_run
printf '\nfrom the end of a command to the end of gatekeeper, in a repository\n'
delay "true" true
delay "a suite that passes, only printed" "cat $suites/pass/stdout.txt"
delay "a suite with failures of every kind, only printed" "cat $suites/zoo-all/stdout.txt"
if command -v mix >/dev/null; then
  unset GATEKEEPER_NO_CHANNEL
  MIX_ENV=test mix compile >/dev/null
  delay "mix test of fixtures/shop, with the channel" "mix test test/shop"
  measure "mix test of fixtures/shop, with the channel" "mix test test/shop" bare run
else
  echo "NOT MEASURED: a real mix test (there is no mix here)"
fi
