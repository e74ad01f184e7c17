#!/bin/sh
# mutate.sh DIR [NAME]: breaks one rule of the judgement at a time (the table in
# tests/diff/mutations) in a copy of the source under DIR, and demands that the
# random chains find a wrong answer.  A mutation that no longer applies, does
# not build or survives is a failure.  Runs in the top folder.
set -eu

[ $# -ge 1 ] || { echo 'usage: mutate.sh DIR [NAME]' >&2; exit 2; }
dir=$1 only=${2-}
decisions=${MUTATION_DECISIONS:-40000}
seed=${MUTATION_SEED:-2}
table=$(pwd)/tests/diff/mutations
top=$(pwd)
bad=0
killed=0

rm -rf "$dir"
mkdir -p "$dir"
cp -Rp src tests Makefile "$dir"
cd "$dir"

build()
{
	make -s BUILD=build SAN= build/tests/diff/diff >build.log 2>&1
}

# 0: no wrong answer; 1: there is one; 77: the chains cannot run here.
chains()
{
	status=0
	timeout 600 build/tests/diff/diff -w -n "$decisions" -s "$seed" >chains.log 2>&1 || status=$?
	return "$status"
}

fail()
{
	echo "FAIL $1: $2"
	bad=$((bad + 1))
}

# try NAME FILE EXPRESSION
try()
{
	sed "$3" "$top/$2" >mutant
	if cmp -s mutant "$top/$2"; then
		fail "$1" "changes nothing in $2"
		return
	fi
	cp mutant "$2"
	status=0
	if ! build; then
		fail "$1" 'does not build'
		cat build.log
	elif chains; then
		fail "$1" "survived $decisions decisions of seed $seed"
	elif [ "$status" -ne 1 ]; then
		fail "$1" "the chains ended with status $status"
	else
		echo "ok $1"
		killed=$((killed + 1))
	fi
	cp "$top/$2" "$2"
}

build || { cat build.log; exit 1; }
if ! chains; then
	[ "$status" -ne 77 ] || { echo 'skip mutations: the chains need namespaces'; exit 0; }
	tail -n 5 chains.log
	echo 'FAIL mutations: the chains find wrong answers in the unbroken source'
	exit 1
fi
while read -r name file expression; do
	case $name in
	''|'#'*) continue ;;
	esac
	[ -z "$only" ] || [ "$only" = "$name" ] || continue
	try "$name" "$file" "$expression" </dev/null
done <"$table"
echo "$killed mutations found, $bad failed"
[ "$bad" -eq 0 ]
