#!/bin/sh
# demo.sh BUILD: shows the main job on real sockets, in a network namespace of
# its own: a TIME_WAIT of a server that forgot SO_REUSEADDR, a listener, a free
# port.  Needs no root and touches nothing outside.
set -eu

build=$1
if [ "${2-}" != inside ]; then
	if unshare -Urn true 2>/dev/null; then
		exec unshare -Urn sh "$0" "$build" inside
	fi
	echo 'demo: no private network namespace can be made here (unshare -Urn fails): nothing done.'
	exit 0
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# start SLUG PORT: makes the situation and returns when it is there; it ends with this script.
start()
{
	mkfifo "$dir/in$2" "$dir/out$2"
	"$build/tests/situation" "$1" "$2" <"$dir/in$2" >"$dir/out$2" &
	case $2 in
	9877) exec 3>"$dir/in$2" ;;
	9878) exec 4>"$dir/in$2" ;;
	esac
	line=
	while [ "$line" != ready ]; do
		read -r line || { echo "demo: cannot make the situation $1" >&2; exit 1; }
	done <"$dir/out$2"
}

show()
{
	printf '\n$ portwhy %s\n' "$1"
	status=0
	"$build/portwhy" "$1" || status=$?
	[ "$status" -le 1 ] || exit "$status"
}

start time-wait-lacked 9877
start listener 9878
show 9877
show 9878
show 9879
