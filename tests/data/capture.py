#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a socket on port 9877 in every TCP state and saves what the kernel says of it.

Run as  unshare -Urn python3 tests/data/capture.py DIRECTORY  and on no other
namespace.  Writes sock_diag.dump (the answer to one TCPDIAG_GETSOCK, datagrams
one behind the other), udp.dump (the same for UDP), refused.dump and no_handler.dump (the answers to requests
for a family and a protocol that are not there), net/tcp and net/tcp6 as they
were a moment later, and net/udp and net/udp6.
"""
import ctypes
import os
import socket
import struct
import subprocess
import sys
import time

PORT = 9877
NETLINK_SOCK_DIAG, TCPDIAG_GETSOCK, SOCK_DIAG_BY_FAMILY, NLMSG_DONE, NLMSG_ERROR = 4, 18, 20, 3, 2
SO_ATTACH_FILTER, IPPROTO_DCCP, ALL_STATES = 26, 33, (1 << 14) - 2
kept = []


def keep(s):
    kept.append(s)
    return s


def deaf(s):
    """From now on s hears nothing: a filter of one instruction that drops every segment."""
    insn = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(insn)))


def bound(addr, port=PORT, v6only=None, device=None):
    s = keep(socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if v6only is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    if device:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    s.bind((addr, port))
    return s


def listening(addr, **how):
    s = bound(addr, **how)
    s.listen(7)
    return s


def pair(listener):
    """Both ends of a connection: the client's and the one with port 9877."""
    client = keep(socket.create_connection(listener.getsockname()[:2]))
    return client, keep(listener.accept()[0])


def drop(s):
    kept.remove(s)
    s.close()


def situations():
    v4 = listening("127.0.0.1")
    pair(v4)                                            # ESTABLISHED, owned
    pair(listening("::1"))
    pair(listening("::ffff:127.0.0.2"))                 # v4-mapped
    listening("127.0.0.7", device=b"lo")
    for addr in "127.0.0.3", "::ffff:127.0.0.4":        # bound-only
        bound(addr)
    bound("::1", 9878)                                  # and of another port: it comes all the same
    bound("::", 9879, v6only=1)
    bound("::", 9880, v6only=0)
    for addr in "127.0.0.1", "::1":
        c, s = pair(next(k for k in kept if k.getsockname()[0] == addr))
        drop(s)                                         # FIN_WAIT_2, a minisocket
        c, s = pair(next(k for k in kept if k.getsockname()[0] == addr))
        drop(s)
        drop(c)                                         # TIME_WAIT
    c, s = pair(v4)
    s.shutdown(socket.SHUT_WR)                          # FIN_WAIT_2, owned
    c, s = pair(v4)
    c.shutdown(socket.SHUT_WR)                          # CLOSE_WAIT
    c, s = pair(v4)
    deaf(c)
    drop(s)                                             # FIN_WAIT_1, orphan
    c, s = pair(v4)
    c.shutdown(socket.SHUT_WR)
    time.sleep(0.05)
    deaf(c)
    drop(s)                                             # LAST_ACK, orphan
    c, s = pair(v4)
    deaf(c)
    s.shutdown(socket.SHUT_WR)
    c.shutdown(socket.SHUT_WR)                          # CLOSING, owned
    c = keep(socket.socket())
    deaf(c)
    c.setblocking(False)
    c.connect_ex(("127.0.0.1", PORT))                   # a half-open request
    silent = listening("127.0.0.5", port=9881)
    deaf(silent)
    c = bound("127.0.0.6")
    c.setblocking(False)
    c.connect_ex(("127.0.0.5", 9881))                   # SYN_SENT
    keep(socket.create_connection(("127.0.0.1", PORT))) # last of all, not accepted: inode 0
    time.sleep(0.1)


def udp(addr, port=PORT, v6only=None, peer=None, device=None):
    s = keep(socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, socket.SOCK_DGRAM))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if v6only is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    if device:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    s.bind((addr, port))
    if peer:
        s.connect((peer, 41918))


def udp_situations():
    """Two families in one chain: the dump has the newest first."""
    udp("127.0.0.1")
    udp("::1")
    udp("::ffff:127.0.0.2")
    udp("0.0.0.0", peer="127.0.0.1")                    # takes that address
    udp("::", peer="::1")
    udp("::", v6only=1)
    udp("::", v6only=0)
    udp("127.0.0.7", device=b"lo")
    udp("224.0.0.1")
    udp("127.0.0.1")                                    # shares with the first
    udp("127.0.0.1", 9878)                              # of another port


def ask(request_type, body, path):
    nl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
    nl.bind((0, 0))
    nl.send(struct.pack("=IHHII", 16 + len(body), request_type, 0x301, 1, 0) + body)
    with open(path, "wb") as out:
        while True:
            data = nl.recv(32768)
            out.write(data)
            at = 0
            while at < len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind in (NLMSG_DONE, NLMSG_ERROR):
                    return
                at += length + 3 & ~3


def main(directory):
    os.makedirs(directory + "/net", exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    situations()
    port = struct.pack(">H", PORT) + bytes(46)
    ask(TCPDIAG_GETSOCK, bytes(4) + port + struct.pack("=II", ALL_STATES, 0), directory + "/sock_diag.dump")
    udp_situations()
    attribute = struct.pack("=HHI", 8, 3, socket.IPPROTO_UDP)  # INET_DIAG_REQ_PROTOCOL
    ask(TCPDIAG_GETSOCK, bytes(4) + bytes(48) + struct.pack("=II", ALL_STATES, 0) + attribute, directory + "/udp.dump")
    for name in "net/tcp", "net/tcp6", "net/udp", "net/udp6":
        with open("/proc/" + name, "rb") as table, open(directory + "/" + name, "wb") as out:
            out.write(table.read())
    for name, family, protocol in (("refused", socket.AF_UNSPEC, socket.IPPROTO_TCP),
                                   ("no_handler", socket.AF_INET, IPPROTO_DCCP)):
        body = struct.pack("=BBBBI", family, protocol, 0, 0, ALL_STATES) + port
        ask(SOCK_DIAG_BY_FAMILY, body, directory + "/" + name + ".dump")


if len(sys.argv) != 2:
    sys.exit("usage: unshare -Urn python3 capture.py DIRECTORY")
main(sys.argv[1])
