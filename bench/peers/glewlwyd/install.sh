#!/bin/sh
# install.sh: Debian's package glewlwyd, its service neither started nor enabled. Asks nobody when it is there.
set -eu
if [ "$(dpkg-query -W -f '${db:Status-Status}' glewlwyd 2>/dev/null)" = installed ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "glewlwyd is not installed: apt-get install --no-install-recommends glewlwyd, as root" >&2
    exit 1
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends glewlwyd
update-rc.d glewlwyd disable
