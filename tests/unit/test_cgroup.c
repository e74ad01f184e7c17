/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cgroup paths name: units, containers, both, neither. */
#include "model/cgroup.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define HEX16 "0123456789abcdef"
#define ID HEX16 HEX16 HEX16 HEX16
#define OTHER_ID "f" HEX16 HEX16 HEX16 "123456789abcdef"
#define USER "/user.slice/user-1000.slice/user@1000.service/"

static const struct row {
	const char *path, *unit, *container;
} rows[] = {
    {"/", NULL, NULL},
    {"", NULL, NULL},
    {"//", NULL, NULL},
    {"/system.slice", NULL, NULL},
    {"/system.slice/nginx.service", "nginx.service", NULL},
    {"/system.slice/nginx.service/", "nginx.service", NULL},
    {"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", NULL},
    {"/system.slice/foo.socket", "foo.socket", NULL},
    {"/system.slice/nfs.mount", "nfs.mount", NULL},
    {"/init.scope", "init.scope", NULL},
    {"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", NULL},
    {USER "app.slice/x.service", "x.service", NULL},
    {USER "app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope", "vte-spawn-1.scope", NULL},
    {USER "init.scope", "init.scope", NULL},
    {"/system.slice/delegated.service/worker/3", "delegated.service", NULL},
    {"/system.slice/my\\x2dapp.service", "my\\x2dapp.service", NULL},
    {"/system.slice/_cpu.service", "cpu.service", NULL},
    {"/system.slice/__x.service", "_x.service", NULL},
    {"/system.slice/.service", NULL, NULL},
    {"/system.slice/xservice", NULL, NULL},
    {"/system.slice/nginx.services", NULL, NULL},
    {"/../../system.slice/cron.service", "cron.service", NULL},
    {"/a.service/b.slice", "a.service", NULL},
    {"nginx.service", "nginx.service", NULL},
    {"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "docker 0123456789ab"},
    {"/docker/" ID, NULL, "docker 0123456789ab"},
    {"/docker/" ID "/init.scope", NULL, "docker 0123456789ab"},
    {"/docker/" ID "/docker/" OTHER_ID, NULL, "docker 0123456789ab"},
    {"/docker/buildkit", NULL, NULL},
    {"/system.slice/docker.service", "docker.service", NULL},
    {"/system.slice/docker-" HEX16 ".scope", "docker-" HEX16 ".scope", NULL},
    {"/system.slice/docker-" ID "0.scope", "docker-" ID "0.scope", NULL},
    {"/system.slice/docker-x" HEX16 HEX16 HEX16 "123456789abcdef.scope",
     "docker-x" HEX16 HEX16 HEX16 "123456789abcdef.scope", NULL},
    {"/system.slice/docker-" ID ".scope/system.slice/nginx.service", "docker-" ID ".scope", "docker 0123456789ab"},
    {"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "podman 0123456789ab"},
    {"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", "podman 0123456789ab"},
    {USER "user.slice/libpod-" ID ".scope", "libpod-" ID ".scope", "podman 0123456789ab"},
    {"/libpod_parent/libpod-" ID, NULL, "podman 0123456789ab"},
    {"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-" ID ".scope",
     "cri-containerd-" ID ".scope", "containerd 0123456789ab"},
    {"/kubepods.slice/kubepods-pod1.slice/crio-" ID ".scope", "crio-" ID ".scope", "cri-o 0123456789ab"},
    {"/kubepods/besteffort/pod1/" ID, NULL, "kubernetes 0123456789ab"},
    {"/kubelet.slice/kubepods-x.slice/" ID, NULL, "kubernetes 0123456789ab"},
    {"/docker/" OTHER_ID "/kubepods/besteffort/pod1/" ID, NULL, "docker f0123456789a"},
    {"/somewhere/" ID, NULL, NULL},
    {"/lxc.payload.web", NULL, "lxc web"},
    {"/lxc.payload.web/system.slice/nginx.service", NULL, "lxc web"},
    {"/lxc.payload.", NULL, NULL},
    {"/lxc/web", NULL, "lxc web"},
    {"/lxc/web/docker/" ID, NULL, "lxc web"},
    {"/lxc", NULL, NULL},
    {"/lxc.monitor.web", NULL, NULL},
    {"/machine.slice/machine-web.scope", "machine-web.scope", "nspawn web"},
    {"/machine.slice/machine-my\\x2dbox.scope/payload", "machine-my\\x2dbox.scope", "nspawn my-box"},
    {"/machine.slice/machine-a\\x2.scope", "machine-a\\x2.scope", "nspawn a\\x2"},
    {"/machine.slice/machine-a\\x.scope", "machine-a\\x.scope", "nspawn a\\x"},
    {"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope", NULL},
    {"/machine.slice/systemd-nspawn@web.service/payload/system.slice/nginx.service", "systemd-nspawn@web.service",
     "nspawn web"},
    {"/system.slice/machine-web.scope", "machine-web.scope", NULL},
    {"/\xff\x1b[31m.service", "\xff\x1b[31m.service", NULL},
    {"/lxc.payload.\x1b]0;x\a", NULL, "lxc \x1b]0;x\a"},
};

static void same(const char *path, const char *what, char *got, const char *want)
{
	ck_assert_msg(got && want ? !strcmp(got, want) : !got && !want, "%s: %s is %s, not %s", path, what,
	              got ? got : "none", want ? want : "none");
	free(got);
}

START_TEST(test_cgroup)
{
	const struct row *row = &rows[_i];

	same(row->path, "unit", cgroup_unit(row->path), row->unit);
	same(row->path, "container", cgroup_container(row->path), row->container);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cgroup");

	add_table(suite, "cgroup", test_cgroup, COUNT(rows));
	return run_suite(suite);
}
