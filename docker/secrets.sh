#!/usr/bin/env bash
# Makes the secret files of compose.yaml that are missing, and changes none that is there.
#
# Containers read them under users of their own, so the files can be read by all; the folder around them is closed to
# everybody but its owner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
install -d -m 0700 secrets
cd secrets

if [[ ! -e database_password ]]; then
    openssl rand -hex 32 | tr -d '\n' >database_password
fi
if [[ ! -e helhedsplan.toml ]]; then
    printf 'database_url = "postgres://helhedsplan:%s@database/helhedsplan"\n' "$(<database_password)" >helhedsplan.toml
fi
if [[ ! -e tls.pem ]]; then
    # To try it out. Put the certificate of the service's real name here, chain and key in one file.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.part -out certificate.part 2>/dev/null
    cat certificate.part key.part >tls.pem
    rm key.part certificate.part
fi
chmod 0444 database_password helhedsplan.toml tls.pem
