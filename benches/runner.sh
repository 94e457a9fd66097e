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
megabytes=${3:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shop=$PWD/fixtures/shop
suites=$PWD/fixtures/captures/exunit/1.20.4
child=$(built child)
cd "$work"
export GATEKEEPER_NO_CHANNEL=1
export LC_ALL=C
unset GITHUB_ACTIONS

bare() { sh -c "$1"; }
tee_() { sh -c "$1" | tee log; }
typescript() { script -qec "$1" log; }
run() { "$gatekeeper" run -q -- sh -c "$1"; rm -rf .gatekeeper; }
terminal() { "$gatekeeper" run -q --pty -- sh -c "$1"; rm -rf .gatekeeper; }

for form in lines blocks; do
  measure "$megabytes MB in $form" "exec $child $form $megabytes" tee_ bare run terminal typescript
done

# How much later a line is there than without anything between.
late() {
  for _ in $(seq "$rounds"); do "$@" | "$child" late; done | median
}
printf '\nmicroseconds from the write of a line to who reads it (median)\n'
printf '%-12s %10s\n' bare "$(late "$child" clock 2000)" tee "$(late tee_ "exec $child clock 2000")" \
  run "$(late run "exec $child clock 2000")"

# A hundred starts at a time: one is shorter than the clock is fine. Their records are removed in the end.
hundred() { for _ in $(seq 100); do "$@"; done; }
start_bare() { hundred /bin/true; }
start_run() { hundred "$gatekeeper" run -q -- /bin/true; }
start_script() { hundred typescript /bin/true; }
measure "100 starts of \`true\`" "" start_bare start_run start_script
rm -rf .gatekeeper

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
measure "100 starts of \`true\` in a repository" "" start_bare start_run
rm -rf .gatekeeper
printf '\nfrom the end of a command to the end of gatekeeper, in a repository\n'
delay "true" true
delay "a suite that passes, only printed" "cat $suites/pass/stdout.txt"
delay "a suite with failures of every kind, only printed" "cat $suites/zoo-all/stdout.txt"
if command -v mix >/dev/null; then
  unset GATEKEEPER_NO_CHANNEL
  MIX_ENV=test mix compile >/dev/null
  delay "mix test of fixtures/shop, with the channel" "mix test test/shop"
  measure "mix test of fixtures/shop, with the channel" "mix test test/shop" bare run
  # Most suites run longer.
  cat >test/shop/many_test.exs <<'END'
defmodule Shop.ManyTest do
  use ExUnit.Case, async: true

  for n <- 1..500 do
    test "prices add up #{n}" do
      prices = for k <- 1..4000, do: Shop.Money.new(k, :EUR)
      assert length(Enum.sort_by(prices, & &1.amount, :desc)) == 4000
    end
  end
end
END
  measure "the same with 500 tests more" "mix test test/shop" bare run
else
  echo "NOT MEASURED: a real mix test (there is no mix here)"
fi
