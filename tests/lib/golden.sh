#!/bin/sh
# golden.sh check PROGRAM DIR: PROGRAM writes every golden file anew, into a
# temporary folder; each difference from DIR is shown and is a failure.
# golden.sh write PROGRAM DIR: makes DIR so, files that PROGRAM no longer
# writes are removed.  Sources (*.c, *.h) in DIR are left alone.
set -eu

[ $# -eq 3 ] || { echo 'usage: golden.sh check|write PROGRAM DIR' >&2; exit 2; }
verb=$1 program=$2 dir=$3
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM

"$program" "$new"
files=$(find "$new" -type f | wc -l)
if [ "$files" -eq 0 ]; then
	echo "golden: $program wrote nothing"
	exit 1
fi
differ=$(diff -rq -x '*.[ch]' "$dir" "$new" | wc -l) || :

if [ "$verb" = write ]; then
	find "$dir" -mindepth 1 ! -name '*.[ch]' -type f -exec rm -f {} +
	cp -R "$new"/. "$dir"
	echo "golden: $files files, $differ changed"
	exit 0
fi
diff -ru -N -x '*.[ch]' "$dir" "$new" || :
echo "golden: $files files, $differ differ"
[ "$differ" -eq 0 ]
