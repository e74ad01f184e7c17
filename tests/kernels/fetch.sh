#!/bin/sh
# fetch.sh VERSION CACHE: Debian's newest cloud kernel VERSION (as in 6.1), into
# CACHE/VERSION: vmlinuz, lib/modules, and release, which is written last.  One
# that is there already is left alone.  What apt needs for it is private to
# CACHE/apt: the machine's own packages and lists stay as they are.  A failure
# is one line, the reason, and status 1.
set -eu

mkdir -p "$2"
version=$1 cache=$(realpath "$2")
dir=$cache/$version
apt=$cache/apt
suites='bullseye bookworm bookworm-backports trixie trixie-backports'

give_up()
{
	echo "$*"
	exit 1
}

# The mirror from which this machine takes the Debian that it runs.
mirror()
{
	# shellcheck disable=SC1091
	. /etc/os-release
	# shellcheck disable=SC2016 # the words are those of apt
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' "Created-By: Packages" |
		awk -v release="${VERSION_CODENAME-}" '$1 == release && $2 == "main" { print $3; exit }'
}

# apt_private COMMAND...: apt-get or apt-cache, on lists of its own.
apt_private()
{
	program=$1
	shift
	timeout 600 "$program" -q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache" \
		-o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

# Lists of an hour ago are good enough.
update()
{
	[ -z "$(find "$apt/updated" -mmin -60 2>/dev/null)" ] || return 0
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	uri=$(mirror)
	[ -n "$uri" ] || give_up 'apt knows no Debian mirror for what this machine runs'
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	for suite in $suites; do
		echo "deb $([ ! -r "$keys" ] || echo "[signed-by=$keys]") $uri $suite main"
	done >"$apt/sources.list"
	# A suite that is gone from the mirror fails alone: its kernel will be missing below.
	apt_private apt-get update >"$apt/update.log" 2>&1 || :
	touch "$apt/updated"
}

# Packages of an image, newest first.
images()
{
	apt_private apt-cache pkgnames "linux-image-$version." | grep -- '-cloud-amd64$' | sort -rV
}

# In 7.2 the image is an empty package and these hold what was in it.
parts()
{
	apt_private apt-cache pkgnames "linux-" | grep -Fx -e "linux-binary-$1" \
		-e "linux-modules-$1" -e "linux-base-$1" || :
}

# unpack RELEASE: into CACHE/VERSION.new, which becomes CACHE/VERSION when all is there.
unpack()
{
	new=$dir.new
	rm -rf "$new"
	mkdir -p "$new/deb" "$new/root" "$new/lib/modules"
	# shellcheck disable=SC2046 # names of packages
	(cd "$new/deb" && apt_private apt-get download "linux-image-$1" $(parts "$1")) >"$apt/download.log" 2>&1 ||
		return 1
	for deb in "$new"/deb/*.deb; do
		dpkg -x "$deb" "$new/root" || return 1
	done
	for place in lib/modules usr/lib/modules; do
		[ ! -d "$new/root/$place/$1" ] || cp -a "$new/root/$place/$1" "$new/lib/modules" || return 1
	done
	for image in "$new/root/boot/vmlinuz-$1" "$new/lib/modules/$1/vmlinuz"; do
		[ ! -f "$image" ] || mv "$image" "$new/vmlinuz" || return 1
	done
	rm -rf "$new/deb" "$new/root"
	[ -s "$new/vmlinuz" ] && depmod -b "$new" "$1" && echo "$1" >"$new/release" || return 1
	rm -rf "$dir"
	mv "$new" "$dir"
}

[ ! -r "$dir/release" ] || exit 0
mkdir -p "$apt"
exec 9>"$apt/lock"
flock -w 600 9 || give_up 'another fetch does not end'
update
names=$(images | head -n 3)
[ -n "$names" ] || give_up "no suite of the mirror has linux-image-$version...-cloud-amd64: $(grep '^E:' "$apt/update.log" | head -n 1)"
for name in $names; do
	! unpack "${name#linux-image-}" || exit 0
done
give_up "not one of $(echo "$names" | tr '\n' ' ')could be had: $(grep '^E:' "$apt/download.log" | head -n 1)"
