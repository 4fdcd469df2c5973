#!/usr/bin/env python3
"""Runs a benchmark beside its peers: one process a side, windows interleaved, medians and ratios.

    peers.py PROGRAM NAME [--peers jax] [--rounds 15] [--processes 2] [--json FILE]

PROGRAM is our benchmark, bench/peers/NAME_<peer>.py the peers'. Each takes a window length and runs one window for every line it
reads. All use the same processors; a round takes one window of each side in turn. With several processes a side,
each side keeps the lowest of its processes' medians: the peer at its luckiest.
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

    def window(self):
        self.process.stdin.write("go\n")
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("name")
    parser.add_argument("--peers", default="jax")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json")
    parser.add_argument("--folder", default=str(HERE.parent / "build"))
    args = parser.parse_args()
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
    flags = Path("/proc/cpuinfo").read_text()
    isa = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "baseline"
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
