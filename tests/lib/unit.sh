#!/bin/sh
# unit.sh PROGRAM...: runs libcheck programs.  What one prints is shown only if
# it fails, but for lines that begin with "skip": a part that could not be
# tested, and why.  Then a line each, and last the sum as "N passed, N failed,
# N skipped"; a check that skips has passed for libcheck and is counted as skipped.
# The CK_ variables of libcheck work as usual (CK_RUN_CASE, CK_FORK, ...).
set -eu

# Tens of thousands of small files: in memory where that is possible.
if [ -z "${TMPDIR-}" ] && [ -k /dev/shm ] && [ -w /dev/shm ]; then
	TMPDIR=/dev/shm
	export TMPDIR
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0
skipped=0

# The last line like "87%: Checks: 8, Failures: 1, Errors: 0", as three numbers.
summary()
{
	sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$out" | tail -n 1
}

count()
{
	bad=$(($2 + $3))
	passed=$((passed + $1 - bad - $4))
	failed=$((failed + bad))
	skipped=$((skipped + $4))
}

for program; do
	name=$(basename "$program")
	status=0
	"$program" >"$out" 2>&1 || status=$?
	numbers=$(summary)
	if [ -z "$numbers" ]; then
		cat "$out"
		echo "FAIL $name: ended with status $status and without a summary"
		failed=$((failed + 1))
		continue
	fi
	sed -n "s/^skip:* /skip $name: /p" "$out"
	skips=$(grep -c '^skip:* ' "$out") || :
	# shellcheck disable=SC2086 # three numbers
	count $numbers "$skips"
	if [ "$bad" -eq 0 ] && [ "$status" -eq 0 ]; then
		echo "ok $name: ${numbers%% *} checks"
		continue
	fi
	cat "$out"
	[ "$bad" -ne 0 ] || failed=$((failed + 1))
	echo "FAIL $name: $bad of ${numbers%% *} checks, status $status"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
