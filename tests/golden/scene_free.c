/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No socket shows: the port is free, or bind() is refused for another reason. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

static void make_no_ipv6(struct snapshot *seen, struct request *request)
{
	(void)request;
	seen->host.has_inet6 = NO;
	scene_probe(seen, "0.0.0.0", MIX_PLAIN, 0);
}

static void make_free_requested(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->mix = MIX_BOTH;
}

static void make_mapped_v6only(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->target = (struct target){.text = "[::ffff:127.0.0.1]:9877", .addr = scene_addr("::ffff:127.0.0.1"), .port = 9877};
	request->v6only = true;
}

static void make_privileged(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->target = (struct target){.text = "80", .port = 80};
}

static void make_not_local(struct snapshot *seen, struct request *request)
{
	request->target = (struct target){.text = "192.0.2.1:9877", .addr = scene_addr("192.0.2.1"), .port = 9877};
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[0] = (struct locality){.addr = request->target.addr, .local = NO};
	seen->nlocalities = 1;
}

static void make_nearest(struct snapshot *seen, struct request *request)
{
	make_not_local(seen, request);
	seen->localities[0].nearest = scene_addr("192.0.2.10");
	memcpy(seen->localities[0].device, "eth0", 5);
}

static void make_not_ready(struct snapshot *seen, struct request *request)
{
	make_nearest(seen, request);
	seen->localities[0].nearest = request->target.addr;
}

static void make_denied(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, EPERM);
}

static void make_invisible(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, EADDRINUSE);
}

static void make_invisible_on_wsl(struct snapshot *seen, struct request *request)
{
	make_invisible(seen, request);
	free(seen->host.release);
	seen->host.release = xstrdup("5.15.167.4-microsoft-standard-WSL2");
	seen->host.own_uid = 0;
}

const struct scene free_scenes[] = {
    {"free", scene_nothing, false},
    {"no-such-family", make_no_ipv6, false},
    {"free-requested", make_free_requested, false},
    {"mapped-v6only", make_mapped_v6only, false},
    {"privileged-port", make_privileged, false},
    {"address-not-local", make_not_local, false},
    {"address-not-local-nearest", make_nearest, false},
    {"address-not-local-not-ready", make_not_ready, false},
    {"bind-denied", make_denied, false},
    {"invisible-holder", make_invisible, false},
    {"invisible-holder-wsl", make_invisible_on_wsl, false},
    {"unsure", scene_unsure, false},
    {NULL, NULL, false},
};
