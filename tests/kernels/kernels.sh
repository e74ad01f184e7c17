#!/bin/sh
# kernels.sh run VERSION -- COMMAND...: boots Debian's kernel VERSION (as in 6.1)
# under qemu, runs COMMAND in this folder and prints what it prints.
# Needs root: it is needed to show the guest the root of this machine.
# SECONDS_EACH is how long a guest may take.
set -eu

here=$(dirname "$(realpath "$0")")
cache=${CACHE:-build/kernels}

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

run_one()
{
	version=$1
	shift
	[ "${1-}" != -- ] || shift
	sh "$here/fetch.sh" "$version" "$cache" >&2
	script=$cache/command.$$
	for word; do
		printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
	done >"$script"
	status=0
	sh "$here/boot.sh" "$cache/$version" "${SECONDS_EACH:-3600}" "$script" || status=$?
	rm -f "$script"
	return "$status"
}

PATH=$PATH:/usr/sbin:/sbin
export PATH
case ${1-} in
run)
	[ $# -ge 3 ] || { sed -n '2,5s/^# //p' "$0"; exit 2; }
	shift
	needs
	run_one "$@"
	;;
*)
	sed -n '2,5s/^# //p' "$0"
	exit 2
	;;
esac
