# Helpers of the tests; `load lib` at the top of a .bats file.
bats_require_minimum_version 1.5.0

# feed LINE... - each argument a line, its blanks turned into TABs
feed() { printf '%s\n' "$@" | tr ' ' '\t'; }

# tabs TEXT - standard input with blanks turned into TABs
tabs() { tr ' ' '\t'; }
