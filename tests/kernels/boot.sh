#!/bin/sh
# boot.sh KERNEL SECONDS SCRIPT: boots the kernel in the folder KERNEL (of
# fetch.sh) under qemu, without KVM, on the root of this machine as it is; runs
# SCRIPT there in the current folder and prints its output.  Nothing that it
# writes remains.  The status is that of SCRIPT; 124 it took longer, 125 the
# guest ended without saying one, 126 it did not boot, three times.
set -eu

kernel=$(realpath "$1") seconds=$2 script=$(realpath "$3")
here=$(dirname "$(realpath "$0")")
release=$(cat "$kernel/release")
run=$(mktemp -d)
daemon=

# shellcheck disable=SC2317 # by the trap
clean_up()
{
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :
	rm -rf "$run"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Modules without which the root cannot be mounted, in the order to load them.
first_modules()
{
	for module in virtio_pci virtiofs overlay; do
		modprobe -d "$kernel" -S "$release" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
	done | awk '!seen[$0]++'
}

initramfs()
{
	tree=$run/tree
	mkdir -p "$tree/bin" "$tree/modules" "$tree/proc" "$tree/dev"
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$here/init.sh" "$tree/init"
	chmod 755 "$tree/init"
	n=100
	first_modules | while read -r file; do
		n=$((n + 1))
		case $file in
		*.xz) xz -dc "$file" >"$tree/modules/$n.ko" ;;
		*) cp "$file" "$tree/modules/$n.ko" ;;
		esac
	done
	(cd "$tree" && find . | cpio --quiet -o -H newc) >"$run/initrd"
}

# The root of this machine for the guest, through a socket.
share_root()
{
	for program in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
		[ ! -x "$program" ] || break
	done
	"$program" --socket-path="$run/fs" -o source=/ -o sandbox=chroot -o cache=always >"$run/fs.log" 2>&1 &
	daemon=$!
	tries=0
	while [ ! -S "$run/fs" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || { cat "$run/fs.log"; echo 'boot: virtiofsd does not begin'; exit 125; }
		sleep 0.1
	done
}

machine()
{
	# Emulated, what these leave out costs most; no test is about it.  A program at the same addresses
	# as last time needs no translating again: norandmaps alone makes the live tests three times as fast.
	fast='norandmaps tsc=reliable clocksource=tsc init_on_alloc=0 hardened_usercopy=off apparmor=0 audit=0'
	fast="$fast mitigations=off rcupdate.rcu_expedited=1"
	# qemu 7.2 now and then spoils the flags in CMPXCHG16B, and kernels from 6.x on panic in kmalloc() by that.
	processor=qemu64,+rdrand,-cx16
	words="console=ttyS0 panic=-1 quiet $fast guest=$here/guest.sh dir=$PWD script=$script modules=$kernel/lib/modules"
	timeout -k 10 "$seconds" qemu-system-x86_64 -accel tcg,thread=multi -cpu "$processor" -smp 2 -m 1536 \
		-object memory-backend-memfd,id=memory,size=1536M,share=on -numa node,memdev=memory \
		-display none -nodefaults -no-user-config -no-reboot \
		-serial "file:$run/console" -serial stdio \
		-chardev "socket,id=root,path=$run/fs" -device vhost-user-fs-pci,chardev=root,tag=host \
		-kernel "$kernel/vmlinuz" -initrd "$run/initrd" -append "$words" </dev/null
	echo "qemu: status $?"
}

# boot_once: the status of the guest, or of its not coming or ending, in $status.
boot_once()
{
	# Its end is that of the guest: each boot needs one of its own.
	share_root
	# All is passed on at once but the lines that are for us.
	machine 2>&1 | tee "$run/out" | sed -u -E '/^(guest: (begins|status [0-9]+)|qemu: status [0-9]+)$/d'
	status=$(sed -n 's/^guest: status \([0-9]*\)$/\1/p' "$run/out" | tail -n 1)
	kill "$daemon" 2>/dev/null || :
	rm -f "$run/fs"
	[ -z "$status" ] || return 0
	status=125
	! grep -qx 'qemu: status 124' "$run/out" || status=124
	[ "$status" = 124 ] || grep -qx 'guest: begins' "$run/out" || status=126
	tail -n 20 "$run/console"
}

# A kernel may panic now and then on its way up, where emulation turns the order of things around.
initramfs
for attempt in 1 2 3; do
	boot_once
	[ "$status" = 126 ] || break
	echo "boot: $release did not boot, attempt $attempt: $(grep -m 1 -o 'Kernel panic.*' "$run/console" || echo 'no panic')"
done
[ "$status" -lt 124 ] || [ "$status" = 126 ] || echo "boot: $release ended without a status: $(tail -n 1 "$run/out")"
exit "$status"
