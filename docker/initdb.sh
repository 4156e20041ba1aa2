#!/bin/sh
# Runs once, in an empty PostgreSQL: a role of the service's own, which owns its database and nothing else. The superuser is
# left without a password, so that nobody comes in as it over the network.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE helhedsplan LOGIN PASSWORD :'password';
CREATE DATABASE helhedsplan OWNER helhedsplan ENCODING 'UTF8' TEMPLATE template0;
ALTER ROLE postgres PASSWORD NULL;
SQL
