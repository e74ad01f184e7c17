/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs a process, and how it is stopped by that. */
#include "text/text.h"

const struct supervisor_text supervisor_texts[SUPERVISORS] = {
    [SUPERVISOR_NONE] = {"Something starts it again when it ends.", "kill {pid}"},
    [SUPERVISOR_SYSTEMD] =
        {
            "It is part of the systemd unit {unit}: killing it is useless where that says Restart=, for systemd then "
            "starts it again.",
            "{systemctl} stop {unit}",
        },
    [SUPERVISOR_PM2] = {"PM2 (pid {supervisorpid}) runs it and starts it again when it ends: killing it is useless.",
                        "pm2 stop NAME"},
    [SUPERVISOR_SUPERVISORD] =
        {
            "supervisord (pid {supervisorpid}) runs it and starts it again when it ends: killing it is useless.",
            "{root}supervisorctl stop NAME",
        },
    [SUPERVISOR_NODEMON] =
        {
            "nodemon (pid {supervisorpid}) runs it and starts it again when a file changes: killing it alone is useless.",
            "{sudo}kill {supervisorpid}",
        },
    [SUPERVISOR_RUNIT] =
        {
            "runsv of runit (pid {supervisorpid}) runs it and starts it again when it ends: killing it is useless.",
            "{root}sv down NAME",
        },
    [SUPERVISOR_S6] =
        {
            "s6-supervise (pid {supervisorpid}) runs it and starts it again when it ends: killing it is useless.",
            "{root}s6-svc -d DIRECTORY",
        },
    [SUPERVISOR_DAEMONTOOLS] =
        {
            "supervise of daemontools (pid {supervisorpid}) runs it and starts it again when it ends: killing it is "
            "useless.",
            "{root}svc -d DIRECTORY",
        },
};

const struct runtime_text runtime_texts[] = {
    {"docker", "{root}docker stop {containername}"},
    {"podman", "{root}podman stop {containername}"},
    {"nerdctl", "{root}nerdctl stop {containername}"},
    {"lxc", "{root}lxc-stop {containername}"},
    {"nspawn", "{root}machinectl poweroff {containername}"},
    {NULL, "{root}crictl stop {containername}"},
};

const struct helper_text helper_texts[HELPERS] = {
    [HELPER_NONE] = {"", "", ""},
    [HELPER_DOCKER_PROXY] =
        {
            "{name} is a helper of Docker: it passes connections on to a container{helpertarget}. Killing it only cuts that off.",
            "{root}docker ps --filter publish={port}",
            "(if there is none, {sudo}kill {pid})",
        },
    [HELPER_DOCKERD] =
        {
            "dockerd is Docker's daemon: it probably keeps the port for a container that publishes it, as it does where "
            "docker-proxy is off.",
            "{root}docker ps --filter publish={port}",
            "(if there is none, restart Docker)",
        },
    [HELPER_ROOTLESSPORT] =
        {
            "{name} is Podman's rootlessport: it passes connections on to a container. To which, and to what port there, "
            "its command line does not tell. Killing it only cuts that off.",
            "podman ps",
            "(if there is none, {sudo}kill {pid})",
        },
    [HELPER_PASTA] =
        {
            "{name} passes connections on to a network namespace, probably that of a container of Podman{helpertarget}. Killing "
            "it cuts that off.",
            "podman ps",
            "(if there is none, {sudo}kill {pid})",
        },
    [HELPER_ROOTLESSKIT] =
        {
            "{name} is the outer end of Docker or containerd without root: it passes connections on to a container. To "
            "which, and to what port there, its command line does not tell. Killing it ends all of them.",
            "docker ps --filter publish={port}",
            "",
        },
    [HELPER_SLIRP4NETNS] =
        {
            "{name} is the network of a container without root, probably of Podman: it passes connections on to it. To "
            "what port there, its command line does not tell. Killing it cuts that off.",
            "podman ps",
            "",
        },
};
