#!/usr/bin/env bash
# Backs up a data folder, beside a running service too, restores the copy into a new folder and checks it.
# Usage: restore.sh PROGRAM DATA MASTER_KEY RESTORED
set -euo pipefail

if [ "$#" -ne 4 ]; then
    echo "usage: $0 PROGRAM DATA MASTER_KEY RESTORED" >&2
    exit 2
fi
program=$1 data=$2 master_key=$3 restored=$4

if [ -e "$restored" ]; then
    echo "$restored exists: a copy is restored into a new folder" >&2
    exit 1
fi
copies=$(mktemp -d)
trap 'rm -rf "$copies"' EXIT

"$program" backup --data "$data" --to "$copies/copia"

# The copy holds neither the master key nor read models.
for name in master.key letture.db; do
    if [ -e "$copies/copia/$name" ]; then
        echo "$name is in the copy" >&2
        exit 1
    fi
done

mkdir -m 700 "$restored"
cp -R "$copies/copia/." "$restored/"
install -m 600 "$master_key" "$restored/master.key"
"$program" verify --data "$restored"
"$program" rebuild --data "$restored"
