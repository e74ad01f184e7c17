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
    {"docker-proxy", "{root}docker ps --filter publish={port}"},
    {"rootlessport", "podman ps"},
    {"pasta", "podman ps"},
    {NULL, "{root}crictl stop {containername}"},
};
