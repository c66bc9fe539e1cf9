load lib

@test "the examples of the manual pages run" {
	run --separate-stderr "$BATS_TEST_DIRNAME/examples" "$BATS_TEST_DIRNAME"/../man/*.[157]
	echo "$output" "$stderr"
	[ "$status" = 0 ]
	[ "$stderr" = "" ]
}

@test "the examples of the README run" {
	run --separate-stderr "$BATS_TEST_DIRNAME/examples" "$BATS_TEST_DIRNAME/../README.md"
	echo "$output" "$stderr"
	[ "$status" = 0 ]
	[ "$stderr" = "" ]
}

@test "every tool has a manual page that names each of its options" {
	for tool in "$BATS_TEST_DIRNAME"/../cmd/*.c; do
		tool=$(basename "$tool" .c)
		page=$BATS_TEST_DIRNAME/../man/$tool.1
		[ -f "$page" ]
		# the letters after getopt's "+", out of the usage line
		for letter in $("$tool" -h | grep -o '[[ ]-[A-Za-z]*' | sed 's/.-//; s/./& /g'); do
			grep -q "Fl.* $letter\b\|\.Op Fl [A-Za-z]*$letter" "$page" || { echo "$tool: -$letter"; false; }
		done
	done
}
