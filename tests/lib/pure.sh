#!/bin/sh
# pure.sh ALLOWED BUILD OBJ...: the rooms that only compute may not reach the
# system.  Every symbol that an object wants must be defined by one of the
# objects or stand in ALLOWED: a name a line for all of them, or "FILE: NAME..."
# for the object BUILD/src/FILE alone; # begins a comment.
set -eu

[ $# -ge 3 ] || { echo 'usage: pure.sh ALLOWED BUILD OBJ...' >&2; exit 2; }
allowed=$1 build=$2
shift 2
for object; do
	[ -r "$object" ] || { echo "pure: no such object: $object"; exit 1; }
done

{
	sed 's/#.*//; s/^/allow /' "$allowed"
	nm -g --defined-only "$@" | awk 'NF == 3 { print "allow", $3 }'
	for object; do
		nm -u "$object" | awk -v file="${object#"$build"/src/}" '{ print "want", file, $2 }'
	done
} | awk '
	# What the compiler puts in: sanitizers, coverage, stack protector, position independence.
	function is_tooling(s)
	{
		return s ~ /^__(asan|ubsan|tsan|sanitizer|gcov|llvm)_/ || s ~ /^_(GLOBAL_OFFSET_TABLE_|_stack_chk_fail)$/
	}
	# __strcpy_chk, __isoc99_sscanf: the name in the source.
	function plain(s)
	{
		if (s ~ /^__.*_chk$/)
			s = substr(s, 3, length(s) - 6)
		sub(/^__isoc(99|23)_/, "", s)
		return s
	}
	$1 == "allow" && $2 ~ /:$/ { for (i = 3; i <= NF; i++) own[$2 $i] = 1 }
	$1 == "allow" && $2 !~ /:$/ && NF > 1 { all[$2] = 1 }
	$1 == "want" {
		name = plain($3)
		if ($3 in all || name in all || is_tooling($3) || ($2 ":" $3) in own || ($2 ":" name) in own)
			next
		print "impure: " $2 ": " $3
		bad++
	}
	END { exit bad > 0 }'
echo "ok pure: $# objects"
