#!/bin/sh
# suite.sh BUILD N PARTS UNIT...: what is run on each kernel, in the guest: the unit
# programs, the live tests and N random decisions; of these the PARTS named.  After the output of each
# part a line "part NAME STATUS LAST-LINE"; status 1 if one of them failed.
set -u

build=$1 n=$2 parts=$3
shift 3
# Emulation is this many times slower, at worst: by that all waiting is longer.
PATIENCE=10 CK_TIMEOUT_MULTIPLIER=10
export PATIENCE CK_TIMEOUT_MULTIPLIER
bad=0
out=$(mktemp)

# part NAME COMMAND...
part()
{
	name=$1
	shift
	case " $parts " in *" $name "*) ;; *) return ;; esac
	echo "== $name"
	{ "$@" 2>&1; echo $? >"$out.status"; } | tee "$out"
	read -r status <"$out.status"
	[ "$status" -eq 0 ] || bad=1
	echo "part $name $status $(tail -n 1 "$out")"
}

echo "release $(uname -r)"
part unit sh tests/lib/unit.sh "$@"
part live /usr/bin/python3 tests/live/live.py "$build"
DIFF_SECONDS=7200
export DIFF_SECONDS
part diff sh tests/diff/run.sh "$build" "$n" 1
exit "$bad"
