# Sourced by the benchmarks of whole processes: $rounds and $work are theirs.

# CPU seconds (user and system) and wall seconds of a command and everything that it started.
cost() {
  local TIMEFORMAT='%U %S %R'
  { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.3f %.3f\n", $1 + $2, $3 }'
}

# The path of a benchmark that is built: Cargo itself would be measured, too.
built() { realpath "$(cargo bench --bench "$1" --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')"; }

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# measure TITLE COMMAND CONTESTANT…: the medians, and their ratios to the first.
measure() {
  local title=$1 command=$2
  shift 2
  for _ in $(seq "$rounds"); do
    for who in "$@"; do cost "$who" "$command" >>"$work/$who.cost"; done
  done
  printf '\n%s\n%-12s %10s %10s %8s\n' "$title" "" "CPU s" "wall s" "CPU ×"
  local first="" cpu wall
  for who in "$@"; do
    cpu=$(cut -d' ' -f1 "$work/$who.cost" | median)
    wall=$(cut -d' ' -f2 "$work/$who.cost" | median)
    first=${first:-$cpu}
    printf '%-12s %10s %10s %8s\n' "$who" "$cpu" "$wall" "$(awk "BEGIN { printf \"%.2f\", $cpu / ($first + 1e-9) }")"
    rm "$work/$who.cost"
  done
}
