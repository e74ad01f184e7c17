#!/bin/sh
# suite.sh BUILD N PARTS UNIT...: what is run on each kernel, in the guest: the unit programs
# ("unit"), N random decisions as root ("diff") and as an ordinary user ("user"), and the live
# tests ("live"); of these the PARTS named.  After the output of each part a line
# "part NAME STATUS LAST-LINE"; status 1 if one of them failed.
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
DIFF_SECONDS=7200
export DIFF_SECONDS
# Before 6.8 what is bound and no more is found by the descriptors of all processes, so all must be in sight.
see_all=
case $(uname -r) in
[1-5].* | 6.[0-7].*) see_all=-P ;;
esac
# shellcheck disable=SC2086 # an option or none
part diff sh tests/diff/run.sh "$build" "$n" 1 $see_all
part user setpriv --reuid=1000 --regid=1000 --clear-groups sh tests/diff/run.sh "$build" "$n" 1
part live /usr/bin/python3 tests/live/live.py "$build"
exit "$bad"
