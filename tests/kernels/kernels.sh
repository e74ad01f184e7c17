#!/bin/sh
# kernels.sh run VERSION -- COMMAND...: boots Debian's kernel VERSION (as in 6.1)
# under qemu, runs COMMAND in this folder and prints what it prints.
# kernels.sh check BUILD UNIT...: runs the tests on each of $KERNELS, with $N
# random decisions, all output to $CACHE/VERSION.log; at least two (or all that
# are named, if fewer) must have run.
# Needs root, to show the guest the root of this machine.  Environment: CACHE,
# KERNELS, N, PARTS (of "unit diff user live"), and GUEST_SECONDS, how long a guest may take.
set -eu

here=$(dirname "$(realpath "$0")")
cache=${CACHE:-build/kernels}
seconds=${GUEST_SECONDS:-7200}
all='5.10 6.1 6.12 6.18 7.2'

usage()
{
	sed -n '2,8s/^# //p' "$0"
	exit 2
}

# What is missing on this machine, in one line.
needs()
{
	missing=
	for pair in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio depmod:kmod xz:xz-utils; do
		command -v "${pair%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
	done
	[ -x /usr/lib/qemu/virtiofsd ] || [ -x /usr/libexec/virtiofsd ] || missing="$missing virtiofsd"
	if [ -n "$missing" ]; then
		echo "kernels: missing:$missing (make deps-full installs them)"
		return 1
	fi
	[ "$(dpkg --print-architecture)" = amd64 ] || { echo 'kernels: only on amd64'; return 1; }
	[ "$(id -u)" -eq 0 ] || { echo 'kernels: needs root, to show the guest the root of this machine'; return 1; }
}

# in_guest VERSION COMMAND...: of a kernel that is fetched.
in_guest()
{
	script=$(mktemp "$cache/command.XXXXXX")
	kernel=$cache/$1
	shift
	for word; do
		printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
	done >"$script"
	status=0
	sh "$here/boot.sh" "$kernel" "$seconds" "$script" || status=$?
	rm -f "$script"
	return "$status"
}

# One line for a kernel that was run, before it what went wrong.
summary()
{
	awk -v version="$1" -v status="$2" -v took="$3" -v log_file="$4" '
		/^FAIL / { print "  " $0 }
		/^release / { release = $2 }
		/^part / { name = $2; ended = $3; $1 = $2 = $3 = ""; text = text "; " name $0 (ended ? " (FAILED)" : "") }
		{ last = $0 }
		END {
			if (!text || status > 1)
				text = text "; ended with status " status ": " last
			print (status ? "FAIL " : "ok ") (release ? release : version) text "; " took " s" (status ? "; see " log_file : "")
		}' "$4"
}

check_all()
{
	build=$1
	shift
	ran=0 wanted=0 bad=0
	for version in ${KERNELS:-$all}; do
		wanted=$((wanted + 1))
		if ! reason=$(sh "$here/fetch.sh" "$version" "$cache"); then
			echo "skip $version: $reason"
			continue
		fi
		ran=$((ran + 1)) status=0 log=$cache/$version.log began=$(date +%s)
		in_guest "$version" sh "$here/suite.sh" "$build" "${N:-5000}" "${PARTS:-unit diff user live}" "$@" >"$log" || status=$?
		summary "$version" "$status" "$(($(date +%s) - began))" "$log"
		[ "$status" -eq 0 ] || bad=1
	done
	[ "$wanted" -le 2 ] || wanted=2
	if [ "$ran" -lt "$wanted" ]; then
		echo "kernels: $ran ran, too few"
		return 1
	fi
	return "$bad"
}

PATH=$PATH:/usr/sbin:/sbin
export PATH
verb=${1-}
[ $# -ge 3 ] || usage
shift
needs
mkdir -p "$cache"
case $verb in
run)
	version=$1
	shift
	[ "$1" != -- ] || shift
	sh "$here/fetch.sh" "$version" "$cache" >&2
	in_guest "$version" "$@"
	;;
check)
	check_all "$@"
	;;
*)
	usage
	;;
esac
