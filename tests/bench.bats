load lib

@test "bench: the hot paths take the instructions of the budget" {
	[ -z "${WEIR_SAN-}" ] || skip "a sanitizer build has other instructions"
	command -v valgrind >/dev/null || skip "valgrind, which counts them, is not installed"
	run "$BATS_TEST_DIRNAME/bench/instructions" -c
	printf '# %s\n' "${lines[@]}" >&3
	[ "$status" != 3 ] || skip "the budget is for another compiler, its flags, or libc"
	[ "$status" = 0 ]
}
