# SPDX-License-Identifier: GPL-2.0-or-later
"""--prometheus: what promtool says of it, and what a real Prometheus has of it in the end.

What the metrics say is compared with the JSON of the same moment, which other
cases compare with the kernel.
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from urllib.parse import urlencode

from expect import differ
from netns import MAY_NOT, beside, named, pid_of
from world import ENV, PATIENCE, Failure, Skip, World, nested, run

LINE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\["\\n])*)"')
ESCAPED = {"n": "\n", "\\": "\\", '"': '"'}


def expect(what, wanted, got):
    if got != wanted:
        raise Failure(differ(what, wanted, got))


def labels_of(text):
    """Read as strictly as Prometheus does."""
    pairs = LABEL.findall(text or "")
    if ",".join('%s="%s"' % p for p in pairs) != (text or ""):
        raise Failure("labels: %r" % text)
    return {name: re.sub(r"\\(.)", lambda m: ESCAPED[m[1]], value) for name, value in pairs}


def metrics(out):
    """{name: [(labels, value)]}; each below its HELP and TYPE, no series twice."""
    found, above = {}, []
    for line in out.decode("utf-8").splitlines():
        if line.startswith("#"):
            above = above[-1:] + [line]
            continue
        match = LINE.fullmatch(line)
        if not match:
            raise Failure("no series: %r" % line)
        name, labels, value = match[1], labels_of(match[2]), float(match[3])
        if [a.split()[1:3] for a in above] != [["HELP", name], ["TYPE", name]]:
            raise Failure("not below its own HELP and TYPE: %r" % line)
        if (labels, value) in found.setdefault(name, []) or any(labels == known for known, _ in found[name]):
            raise Failure("twice: %r" % line)
        found[name].append((labels, value))
    return found


def check(out):
    """promtool has nothing to say of it, where there is one."""
    try:
        done = subprocess.run(["promtool", "check", "metrics"], input=out, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=PATIENCE, env=ENV)
    except FileNotFoundError:
        raise Skip("there is no promtool (make deps-full)") from None
    if done.returncode or done.stdout:
        raise Failure("promtool: %d, %r: %r" % (done.returncode, done.stdout, out[:300]))


def value(found, name, **labels):
    """Of the one series that has these labels, and perhaps more."""
    got = [v for known, v in found.get(name, []) if labels.items() <= known.items()]
    if len(got) != 1:
        raise Failure("%d series of %s%s: %s" % (len(got), name, labels, found.get(name)))
    return got[0]


def both(w, build, *args, wrap=()):
    """The metrics and the document of one question, which must end alike and without a word."""
    prom, doc = (w.run([*wrap, build.portwhy, option, *args]) for option in ("--prometheus", "-j"))
    expect("status, standard error", (doc.status, b""), (prom.status, prom.err))
    return metrics(prom.out), json.loads(doc.out)


SITUATIONS = [  # situation, options
    ("free", ()), ("listener", ()), ("time-wait-lacked", ()), ("time-wait-lacked", ("--probe=never", "--reuseaddr")),
    ("time-wait-many", ()), ("bound", ()), ("fin-wait-2-orphan", ()), ("fin-wait-2-half-closed", ()), ("udp", ("-u",)),
]


def targets(build):
    """Each verdict, time and count is that of the document."""
    seen = set()
    for slug, options in SITUATIONS:
        with World(build, slug) as w:
            found, doc = both(w, build, *options, "9877")
        report = doc["reports"][0]
        seen.add(report["verdict"])
        for verdict in "free", "unsure", "refused", "taken":
            expect((slug, verdict), verdict == report["verdict"], value(found, "portwhy_target_verdict", verdict=verdict))
        clears, late = value(found, "portwhy_target_clears_seconds"), report["clears_in_ms"]
        if late is not None:
            if not 0 <= clears - late / 1000 < PATIENCE:  # the metrics were looked at before
                raise Failure("%s: clears in %s, %s" % (slug, clears, late))
        elif {"never": math.inf}.get(report["clears"], 0) != clears and not (report["clears"] == "unknown" and math.isnan(clears)):
            raise Failure("%s: clears %s, %s" % (slug, report["clears"], clears))
        counts = Counter()
        for s in report["sockets"]:
            counts[s["state"]] += s["count"]
        expect((slug, "sockets"), dict(counts),
               {k["state"]: v for k, v in found["portwhy_target_sockets"] if v})
        for affects in "verdict", "detail":
            expect((slug, affects), any(g["affects"] == affects for g in report["gaps"]),
                   value(found, "portwhy_target_gaps", affects=affects))
        if any(c in str(found) for c in ("pid", "situation", "127.0.0.1")):
            raise Failure("%s: more than is bounded: %s" % (slug, found))
    expect("verdicts", {"free", "taken", "unsure"}, seen)


def several(build):
    """Ranges are counted as one, a target named twice is there once, names with any byte are told."""
    with World(build, "listener", 8005) as w, tempfile.TemporaryDirectory() as folder:
        strange = os.path.join(folder, "a\"b\\c\nd\u00e9")
        found, _ = both(w, build, "8000-8010", "8005", "8005", "8005/udp", "127.0.0.1:8005", "@x", strange)
        many, _ = both(w, build, "1-65535")
    expect("ports", {"free": 10, "taken": 1, "unsure": 0, "refused": 0},
           {k["verdict"]: v for k, v in found["portwhy_target_ports"]})
    expect("all ports", 65534, value(many, "portwhy_target_ports", verdict="free"))
    expect("targets", [("8000-8010", "tcp", 1), ("8005", "tcp", 1), ("8005/udp", "udp", 0), ("127.0.0.1:8005", "tcp", 1),
                       ("@x", "unix", 0), (strange, "unix", 0)],
           [(k["target"], k["proto"], v) for k, v in found["portwhy_target_verdict"] if k["verdict"] == "taken"])
    if len(str(many)) > len(str(found)):
        raise Failure("a range of 65535 ports has more series than ten targets")


def overview(build):
    """Sums over the ports of the document."""
    for slug, wanted in (("listener", ("LISTEN", "server")), ("time-wait-many", ("TIME_WAIT", "lingering")),
                         ("bound", ("BOUND", "other")), ("free", (None, None))):
        with World(build, slug) as w:
            found, doc = both(w, build, "-tu")
        counts, fails = Counter(), Counter()
        for p in doc["ports"]:
            counts.update({(p["proto"], state): n for state, n in p["states"].items()})
            fails["no", p["fails"]] += 1
            fails["yes", {None: None, True: False, False: True}[p["reuseaddr_helps"]] if p["fails"] else p["fails"]] += 1
        expect((slug, "sockets"), dict(counts), {(k["proto"], k["state"]): v for k, v in found["portwhy_sockets"] if v})
        for reuseaddr in "no", "yes":
            for word, json_value in ("fails", True), ("works", False):
                expect((slug, reuseaddr, word), fails[reuseaddr, json_value],
                       sum(value(found, "portwhy_bind_ports", proto=p, reuseaddr=reuseaddr, result=word) for p in ("tcp", "udp")))
        expect((slug, "ports"), len(doc["ports"]), sum(v for _, v in found["portwhy_ports"]))
        expect((slug, "ephemeral"), (28232, doc["ephemeral"][0]["in_use"]),
               (value(found, "portwhy_ephemeral_ports"), value(found, "portwhy_ephemeral_used_ports")))
        if wanted[1] and not value(found, "portwhy_ports", proto="tcp", role=wanted[1]):
            raise Failure("%s: no port is %s" % (slug, wanted[1]))
        left = value(found, "portwhy_time_wait_latest_end_seconds")
        if (wanted[0] == "TIME_WAIT") != (0 < left <= 60):
            raise Failure("%s: the last TIME_WAIT ends in %s s" % (slug, left))


def namespaces(build):
    """Each has its label; one that may not be entered is a gap, and its ports are not said to be none."""
    with nested(build, "listener") as w:
        wrap = named(w, 'b"l\\ue')
        prom = run([*wrap, build.portwhy, "--prometheus", "--all-netns", "9877", "9999"])
        told = {(k["netns"], k["target"]): k["verdict"] for k, v in metrics(prom.out)["portwhy_target_verdict"] if v}
        expect("status", 1, prom.status)
        expect("in that namespace", ("taken", "free"), (told.pop(('b"l\\ue', "9877"), None), told.pop(('b"l\\ue', "9999"), None)))
        if set(told.values()) != {"free"} or not all(name.isdigit() for name, _ in told):
            raise Failure("in others: %s" % told)
        closed = [run([*beside(w), *MAY_NOT, build.portwhy, "--prometheus", "-N", pid_of(w), *args]) for args in ((), ("9877",))]
    found = [metrics(ran.out) for ran in closed]
    expect("closed", [3, 3], [ran.status for ran in closed])
    expect("all ports", ["portwhy_gaps"], list(found[0]))
    expect("gap", 1, value(found[0], "portwhy_gaps", kind="netns"))
    expect("verdict", 1, value(found[1], "portwhy_target_verdict", verdict="unsure"))
    if not math.isnan(value(found[1], "portwhy_target_clears_seconds")) or "portwhy_target_sockets" in found[1]:
        raise Failure("what nobody has seen is told: %s" % found[1])
    check(prom.out)


def accepted(build):
    """promtool has no complaint, of whatever situation."""
    with World(build, "time-wait-many") as w:
        for args in (("-tu",), ("9877", "8000-8010", "9877/udp", "0", "@a\nb\"\\"), ("--all-netns",), ("-N", str(os.getpid()))):
            check(w.run([build.portwhy, "--prometheus", *args]).out)


def wrong(build):
    for args, line in ((("-j", "--prometheus"), "--json and --prometheus exclude each other"),
                       (("-j", "--prometheus", "80"), "--json and --prometheus exclude each other"),
                       (("wait", "--prometheus", "80"), "--prometheus belongs to the overview and why")):
        ran = run([build.portwhy, *args])
        expect(args, (2, b"", b"portwhy: %s\n" % line.encode()), (ran.status, ran.out, ran.err))


CONFIG = """
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files: [rules.yml]
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["127.0.0.1:9100"]
"""
GET = "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1], timeout=9).read())"


def manual(beginning):
    """The example of the manual that begins so, as a reader copies it."""
    with open(os.path.join(os.path.dirname(__file__), "../../man/portwhy.1"), encoding="ascii") as f:
        page = f.read()
    return page[page.index("\n" + beginning) + 1:].split("\n.Ed\n")[0] + "\n"


def write_as_the_manual_says(w, build, folder):
    """What the lines for cron do, with the program under test and a folder of ours."""
    for line in manual("* * * * * root ").splitlines():
        command = line.removeprefix("* * * * * root ").replace("/usr/local/bin/portwhy", build.portwhy)
        w.run(["sh", "-c", command.replace("/var/lib/prometheus/node-exporter", folder)])


@contextmanager
def server(w, *argv):
    """A program in that namespace that ends with the test, however that ends."""
    try:
        process = subprocess.Popen([*w.enter(), "setpriv", "--pdeathsig", "KILL", *argv], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENV)
    except FileNotFoundError as e:
        raise Skip("there is no %s" % e.filename) from None
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def get(w, url):
    return run([*w.enter(), sys.executable, "-c", GET, url])


def until(w, what, processes, url, good):
    """Asks until the answer is good."""
    deadline = time.monotonic() + PATIENCE
    while True:
        ran = get(w, url)
        if ran.status == 0 and good(ran.out):
            return ran.out
        for process in processes:
            if process.poll() is not None:
                raise Failure("%s ended: %r" % (process.args, process.stderr.read()[-500:]))
        if time.monotonic() > deadline:
            raise Failure("%s: not within %d s: %r %r" % (what, PATIENCE, ran.out[-500:], ran.err[-300:]))
        time.sleep(0.1)


def results(out):
    return json.loads(out)["data"]["result"]


def ask_prometheus(w, processes, query, n):
    """What the HTTP API answers, once it has n series."""
    url = "http://127.0.0.1:9090/api/v1/query?" + urlencode({"query": query})
    out = until(w, query, processes, url, lambda out: len(results(out)) == n)
    return [(r["metric"], r["value"][1]) for r in results(out)]


def scraped(build):
    """Written as the manual says, collected by node_exporter, scraped, queried, and its alerting rules raised."""
    for program in "prometheus", "prometheus-node-exporter", "promtool":
        if not any(os.access(os.path.join(d, program), os.X_OK) for d in os.environ["PATH"].split(":")):
            raise Skip("there is no %s (make deps-full)" % program)
    with World(build, "time-wait-lacked") as w, tempfile.TemporaryDirectory() as folder:
        strange = os.path.join(folder, "a\"b\\c\nd\u00e9")
        write_as_the_manual_says(w, build, folder)
        w.run([build.portwhy, "--prometheus", "--output=%s/strange.prom" % folder, strange]).must()
        expect("files", ["portwhy-targets.prom", "portwhy.prom", "strange.prom"], sorted(os.listdir(folder)))
        for name, text in ("prometheus.yml", CONFIG), ("rules.yml", manual("groups:\n")):
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(text)
        run(["promtool", "check", "rules", os.path.join(folder, "rules.yml")]).must()
        with server(w, "prometheus", "--config.file=%s/prometheus.yml" % folder, "--storage.tsdb.path=%s/data" % folder,
                    "--web.listen-address=127.0.0.1:9090", "--log.level=error") as prometheus, \
             server(w, "prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
                    "--collector.textfile.directory=" + folder, "--web.listen-address=127.0.0.1:9100") as exporter:
            until(w, "node_exporter", [exporter], "http://127.0.0.1:9100/metrics",
                  lambda out: b"\nnode_textfile_scrape_error 0\n" in out and b"\nportwhy_target_verdict{" in out)
            asked(w, [exporter, prometheus], strange)  # it begins to scrape 5 s after its start


def asked(w, processes, strange):
    taken = ask_prometheus(w, processes, "portwhy_target_verdict == 1", 3)
    expect("verdicts", {("9877", "taken"), ("8000-8010", "free"), (strange, "free")}, {(m["target"], m["verdict"]) for m, _ in taken})
    ask_prometheus(w, processes, '0 < portwhy_target_clears_seconds{target="9877"} <= 60', 1)
    expect("TIME_WAIT", "1", ask_prometheus(w, processes, 'portwhy_sockets{state="TIME_WAIT",proto="tcp"}', 1)[0][1])
    ask_prometheus(w, processes, "portwhy_ephemeral_used_ports / portwhy_ephemeral_ports < 0.9", 1)
    expect("alert", "9877", ask_prometheus(w, processes, 'ALERTS{alertname="PortHeld"}', 1)[0][0]["target"])


PROMETHEUS = [
    ("prometheus-targets", targets),
    ("prometheus-several", several),
    ("prometheus-overview", overview),
    ("prometheus-namespaces", namespaces),
    ("prometheus-promtool", accepted),
    ("prometheus-wrong", wrong),
    ("prometheus-scraped", scraped),
]
