#!/bin/busybox sh
# shellcheck shell=dash
# init.sh: the first process of a guest, in the initramfs.  The root of the host
# is mounted read-only, below a tmpfs that takes what is written: nothing of
# the host can change.  $guest and the rest came by the kernel's command line.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do
	insmod "$module"
done
mkdir -p /host /upper /new
mount -t virtiofs -o ro host /host
mount -t tmpfs -o mode=755 upper /upper
mkdir /upper/data /upper/work
mount -t overlay -o lowerdir=/host,upperdir=/upper/data,workdir=/upper/work overlay /new
umount /proc /dev
# Not chroot: in one no user namespace can be made.
# shellcheck disable=SC2154 # from the environment
exec switch_root /new /bin/sh "$guest"
