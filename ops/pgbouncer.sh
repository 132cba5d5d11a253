#!/bin/sh
# Writes pgbouncer's two files from the environment and runs it. One pool for the application role, in transaction mode:
# the product sets everything for one transaction only (SET LOCAL), so a connection carries nothing to the next one.
set -eu
: "${DATABASE_HOST:?}" "${APP_PASSWORD:?}"
folder=${PGBOUNCER_DIR:-/tmp/pgbouncer}
umask 077
mkdir -p "$folder"
printf '"itsm_app" "%s"\n' "$APP_PASSWORD" > "$folder/userlist.txt"
cat > "$folder/pgbouncer.ini" <<INI
[databases]
itsm = host=$DATABASE_HOST port=${DATABASE_PORT:-5432} dbname=${DATABASE_NAME:-itsm}
[pgbouncer]
listen_addr = ${LISTEN_ADDRESS:-0.0.0.0}
listen_port = ${LISTEN_PORT:-6432}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/userlist.txt
pool_mode = transaction
default_pool_size = ${POOL_SIZE:-20}
max_client_conn = 1000
server_reset_query = DISCARD ALL
server_idle_timeout = 300
query_wait_timeout = 10
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
INI
exec pgbouncer "$folder/pgbouncer.ini"
