#!/bin/sh
# usage: check_install.sh BUILD_FOLDER
# Install into an empty folder; build the consumer with what pkg-config says, against the shared and
# the static library, as a stranger's program would; run both.
set -eu
build=$1
cd "$(dirname "$0")"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

meson install -C "$build" --no-rebuild --quiet --destdir "$root/stage"
pc=$(find "$root/stage" -name jaxc.pc)
prefix=${pc%/lib/*}
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
jaxc() { pkg-config --define-variable=prefix="$prefix" "$@" jaxc; }

[ -f "$prefix/include/jaxc/jaxc.h" ]

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'
libdir=$(jaxc --variable=libdir)

echo 'shared:'
# shellcheck disable=SC2046,SC2086
cc -std=c11 $warnings consumer.c -o "$root/shared" $(jaxc --cflags --libs)
LD_LIBRARY_PATH=$libdir "$root/shared"

echo 'shared, C++:'
# shellcheck disable=SC2046,SC2086
c++ -xc++ -std=c++17 $warnings consumer.c -o "$root/cxx" $(jaxc --cflags --libs)
LD_LIBRARY_PATH=$libdir "$root/cxx"

echo 'static:'
# shellcheck disable=SC2046,SC2086
cc -std=c11 $warnings consumer.c -o "$root/static" $(jaxc --cflags) \
    $(jaxc --static --libs | sed 's/-ljaxc/-l:libjaxc.a/')
"$root/static"

if ldd "$libdir/libjaxc.so" | grep -vE 'linux-vdso|ld-linux|/lib(c|m|ffi)\.so'; then
    echo 'libjaxc.so needs more than libc, libm and libffi'
    exit 1
fi
