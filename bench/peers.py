#!/usr/bin/env python3
"""Runs a benchmark beside its peers: one process a side, windows interleaved, medians and ratios.

    peers.py PROGRAM NAME [--peers jax] [--rounds 15] [--processes 2] [--json FILE] [--only TEXT]

PROGRAM is our benchmark, bench/peers/NAME_<peer>.py the peers'. Each takes a window length and runs one window for every line it
reads. All use the same processors; a round takes one window of each side in turn. With several processes a side,
each side keeps the lowest of its processes' medians: the peer at its luckiest.

A benchmark of CASES has many: its program lists them, and a line is the name of one. Their table has medians and, in brackets,
the least; the ratio is the peer's median over ours; the floor is a copy of as many bytes as have to move.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = {
    "jax": {"packages": ["jax==0.10.2"], "forms": {"flagship": ["step", "scan"]}},
}
STEPS = {"flagship": 30}
CASES = {"surface"}


def python_with(peer, folder):
    """A virtual environment with the peer's packages, made on first use."""
    home = folder / f"peer-{peer}"
    python = home / "bin" / "python"
    if not python.exists():
        print(f"installing {' '.join(PEERS[peer]['packages'])}", file=sys.stderr)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS[peer]["packages"]], check=True)
    return python


class Side:
    def __init__(self, name, command, env=None):
        self.name, self.times, self.version = name, [], ""
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(env or {})})

    def window(self, line="go"):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        while line.startswith("#"):
            self.version, line = line[1:].strip(), self.process.stdout.readline()
        return float(line)


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def isa_name():
    flags = Path("/proc/cpuinfo").read_text()
    isa = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "baseline"
    return {"avx2": "AVX2", "baseline": "baseline"}.get(os.environ.get("JAXC_ISA"), isa)


def rounds_of(sides, line, rounds):
    """For each side its median and its least of windows taken in turn."""
    times = [[] for _ in sides]
    for _ in range(rounds):
        for side, to in zip(sides, times):
            to.append(side.window(line))
    return [(statistics.median(t), min(t)) for t in times]


def cases(args):
    """A table of cases: ours, the peers', ratios, floors."""
    sides = [Side("jaxc", [args.program, "--window"])]
    for peer in args.peers.split(","):
        script = HERE / "peers" / f"{args.name}_{peer}.py"
        sides.append(Side(peer, [python_with(peer, Path(args.folder)), script, args.program]))
    listing = subprocess.run([args.program, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = {}
    for line in listing.splitlines():
        name, _, size = line.split("\t")
        if args.only and args.only not in name:
            continue
        if not rows:
            for side in sides:
                side.window(name)
            print(f"{args.name}: {cpu_name()} ({isa_name()}), {os.cpu_count()} processors, jaxc and "
                  f"{', '.join(side.version for side in sides[1:])}")
            print(f"microseconds a call, {args.rounds} rounds interleaved: median (least); ratio: theirs over ours")
            print(f"{'':36}" + "".join(f"{side.name:>21}" for side in sides) + "   ratio     floor")
        found = rounds_of(sides, name, args.rounds)
        floor = rounds_of(sides[:1], f"copy {size}", args.rounds)[0][0] if size != "0" else None
        rows[name] = {"us": [f[0] for f in found], "least": [f[1] for f in found], "floor": floor}
        print(f"{name:36}" + "".join(f"{m:10.1f} ({low:8.1f})" for m, low in found) +
              "".join(f"{m / found[0][0]:8.2f}" for m, _ in found[1:]) +
              (f"{floor:10.1f}" if floor else ""), flush=True)
    for side in sides:
        side.process.stdin.close()
        side.process.wait()
    if args.json:
        Path(args.json).write_text(json.dumps({"cpu": cpu_name(), "isa": isa_name(), "sides": [s.name for s in sides],
                                               "versions": [s.version for s in sides[1:]], "cases": rows}, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("name")
    parser.add_argument("--peers", default="jax")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json")
    parser.add_argument("--folder", default=str(HERE.parent / "build"))
    parser.add_argument("--only", help="cases whose names hold this text")
    args = parser.parse_args()
    if args.name in CASES:
        cases(args)
        return
    steps = str(STEPS[args.name])
    results, versions = {}, set()
    for _ in range(args.processes):
        sides = [Side("jaxc", [args.program, "--window", steps])]
        for peer in args.peers.split(","):
            python = python_with(peer, Path(args.folder))
            for form in PEERS[peer]["forms"][args.name]:
                script = HERE / "peers" / f"{args.name}_{peer}.py"
                sides.append(Side(f"{peer} {form}", [python, script, form, steps]))
        for side in sides:
            side.window()
        for _ in range(args.rounds):
            for side in sides:
                side.times.append(side.window())
        for side in sides:
            median = statistics.median(side.times)
            if side.name not in results or median < results[side.name][0]:
                results[side.name] = (median, min(side.times), max(side.times))
            versions.add(side.version)
            side.process.stdin.close()
            side.process.wait()
    isa = isa_name()
    print(f"{args.name}: {cpu_name()} ({isa}), {os.cpu_count()} processors, {', '.join(sorted(v for v in versions if v))}")
    print(f"windows of {steps} steps, {args.rounds} rounds interleaved, lowest median of {args.processes} processes a side")
    ours = results["jaxc"][0]
    for name, (median, low, high) in results.items():
        print(f"  {name:12} {median:8.3f} ms a step  ({low:.3f} to {high:.3f})  {median / ours:5.2f} times ours")
    if args.json:
        Path(args.json).write_text(json.dumps({"cpu": cpu_name(), "isa": isa, "versions": sorted(versions),
                                               "ms": {k: v[0] for k, v in results.items()}}, indent=1) + "\n")


if __name__ == "__main__":
    main()
