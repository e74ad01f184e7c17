#!/bin/sh
# guest.sh: process 1 of a guest after init.sh.  Makes the machine ready, runs
# $script in $dir and writes its output to the second serial port, first the
# line "guest: begins", last "guest: status N".  $modules is the folder for /lib/modules.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
export PATH HOME TERM

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /lib/modules
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=755 run /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
# shellcheck disable=SC2154 # these are from the kernel's command line
mount --bind "$modules" /lib/modules

# What a kernel has not got cannot be loaded; the tests skip what needs it.
for module in inet_diag tcp_diag udp_diag raw_diag unix_diag mptcp_diag veth vrf dummy nfsd; do
	modprobe -q "$module"
done
ip link set lo up
hostname guest
# shellcheck disable=SC3045 # dash and bash have it
ulimit -Hn 20000

run_script()
{
	stty -F /dev/ttyS1 raw -echo 115200
	echo 'guest: begins'
	# shellcheck disable=SC2154
	cd "$dir" && setsid -w sh "$script" </dev/null
	echo "guest: status $?"
}
run_script >/dev/ttyS1 2>&1
busybox reboot -f
