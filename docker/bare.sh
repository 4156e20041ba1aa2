#!/usr/bin/env bash
# Runs the program as the image does, without an engine: as user 10001 without any privilege, in a root file system that is
# read-only and holds nothing but the program and the libraries that it is linked to; only its data and /var/tmp can be written.
#
#   sudo docker/bare.sh target/release/helhedsplan
#
# It has to start, say that it is ready, take an import, copy its database and stop. Needs root, unshare, setpriv and curl.
set -euo pipefail
program=$(realpath "${1:?which program}")
[[ ${2:-} == inside ]] || exec unshare --mount "$(realpath "$0")" "$program" inside

work=$(mktemp -d)
root=$work/root
trap 'kill "${service:-}" 2>/dev/null || true; wait; umount --lazy --recursive "$root"; rm -rf "$work"' EXIT
mkdir "$root" "$work/data" "$work/tmp"
chown 10001:10001 "$work/data" "$work/tmp"
chmod 0700 "$work/data" "$work/tmp"
mount -t tmpfs tmpfs "$root"
mkdir -p "$root"/{usr/local/bin,var/lib/helhedsplan,var/tmp,dev}
cp "$program" "$root/usr/local/bin/helhedsplan"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    install -D "$library" "$root$library"
done
cp -a /dev/null /dev/urandom "$root/dev"
mount --bind "$work/data" "$root/var/lib/helhedsplan"
mount --bind "$work/tmp" "$root/var/tmp"
mount -o remount,ro "$root"
! touch "$root/file" 2>/dev/null || { echo "the root can be written" >&2; exit 1; }

port=18080
inside=(env -i PATH="$PATH" HELHEDSPLAN_DATA_DIR=/var/lib/helhedsplan HELHEDSPLAN_LISTEN=127.0.0.1:$port HELHEDSPLAN_LOG_FORMAT=json
    TMPDIR=/var/tmp setpriv --no-new-privs chroot --userspec=10001:10001 --groups= "$root" /usr/local/bin/helhedsplan)
"${inside[@]}" serve >"$work/out" 2>"$work/log" &
service=$!
for _ in $(seq 100); do
    "${inside[@]}" healthcheck 2>/dev/null && break
    sleep 0.1
done
"${inside[@]}" healthcheck
grep -E '^(Uid|CapEff|NoNewPrivs)' "/proc/$service/status"
token=$("${inside[@]}" token --role secretariat)
printf 'indicator,area,period,value,source\nhouseholds,zone-1,1950,1,test\n' |
    curl --fail --silent --show-error --output /dev/null --write-out 'import: %{http_code}\n' --data-binary @- \
        --header "Authorization: Bearer $token" --header 'Content-Type: text/csv' \
        "http://127.0.0.1:$port/v1/plans/fredericia-2023-2026/measurements/imports"
"${inside[@]}" backup /var/lib/helhedsplan/copy.db | head -1
kill "$service"
wait "$service" && echo "stopped: $?"
! "${inside[@]}" healthcheck 2>/dev/null || { echo "it says that it is ready, and is not there" >&2; exit 1; }
