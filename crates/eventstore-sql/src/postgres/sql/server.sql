SELECT current_setting('server_version_num')::BIGINT AS version_num, current_setting('server_version') AS version,
    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    pg_encoding_to_char(encoding)::TEXT AS encoding, pg_is_in_recovery() AS standby
FROM pg_database WHERE datname = current_database()
