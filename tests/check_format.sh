#!/bin/sh
# The sources are as clang-format lays them out. Its versions disagree, so only version 14 (Debian 12)
# judges. With --fix it rewrites the files instead.
set -eu
cd "$(dirname "$0")/.."

for tool in clang-format-14 clang-format; do
    case $($tool --version 2>/dev/null || true) in
    *' 14.'*) break ;;
    esac
    tool=
done
if [ -z "$tool" ]; then
    echo 'clang-format 14 is not here: not checked'
    exit 77
fi

bad=0
for file in $(find include libjaxc tests examples bench -name '*.[ch]' | LC_ALL=C sort); do
    if [ "${1-}" = --fix ]; then
        "$tool" -i "$file"
    else
        "$tool" "$file" | diff -u --label "$file" --label formatted "$file" - || bad=1
    fi
done
exit $bad
