#!/usr/bin/env bash
# Runs once, when the primary's data folder is made: the standby's user and slot.
set -euo pipefail
password=$(< /run/secrets/replication)
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --set "password=$password" <<'SQL'
CREATE ROLE replica WITH REPLICATION LOGIN PASSWORD :'password';
SELECT pg_create_physical_replication_slot('standby');
SQL
echo 'host replication replica all scram-sha-256' >> "$PGDATA/pg_hba.conf"
