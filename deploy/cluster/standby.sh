#!/usr/bin/env bash
# Copies the primary when the folder is empty, then follows it.
set -euo pipefail
data=/var/lib/postgresql/data
password=$(< /run/secrets/replication)
export PGPASSWORD="$password"
if [ ! -s "$data/PG_VERSION" ]; then
  until pg_basebackup --host primary --username replica --pgdata "$data" --slot standby --wal-method stream \
    --checkpoint fast; do
    echo "the primary does not answer yet" >&2
    rm -rf "${data:?}"/*
    sleep 2
  done
  printf "primary_conninfo = 'host=primary user=replica password=%s application_name=standby'\nprimary_slot_name = 'standby'\n" \
    "$password" >> "$data/postgresql.auto.conf"
  touch "$data/standby.signal"
fi
chown --recursive postgres:postgres "$data"
chmod 0700 "$data"
exec gosu postgres postgres -c config_file=/etc/postgresql/postgresql.conf -c "data_directory=$data"
