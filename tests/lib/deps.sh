#!/bin/sh
# deps.sh [full]: installs what building and testing need and is missing (Debian
# and its kin); with "full" also what the long runs need.  Nothing missing: no
# network, no privilege.
set -eu

packages='gcc make pkg-config libc6-dev libmnl-dev libsmartcols-dev libjansson-dev check
python3 python3-jsonschema mandoc iproute2 strace shellcheck util-linux'
# A machine for other kernels, the tools that portwhy is compared with, the shells that complete
# it, and those that read its metrics.
[ "${1-}" != full ] || packages="$packages
qemu-system-x86 busybox-static cpio kmod xz-utils lsof psmisc net-tools zsh fish prometheus prometheus-node-exporter"

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo 'deps: this is no Debian; what is needed is known there as:'
	echo "$packages"
	exit 1
fi

missing=
for package in $packages; do
	case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	echo "deps: missing; please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"
	exit 1
fi
echo "deps: installing$missing"
# shellcheck disable=SC2086 # words
$as_root apt-get -q update
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get -q install -y --no-install-recommends $missing
