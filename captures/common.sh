# Shared by every make.sh: three network namespaces, servers that are stopped by their pid, one capture.
#
#   car   192.0.2.10    2001:db8:1::10   the device under test                            MAC 00:00:5e:00:53:10
#   tap   192.0.2.1     2001:db8:1::1    a router; the capture is taken on its car side   MAC 00:00:5e:00:53:01
#   net   198.51.100.20, 198.51.100.53 (names), 203.0.113.30, 2001:db8:2::20   the far ends
#
# Addresses are the documentation ranges of RFC 5737 and RFC 3849, MACs those of RFC 7042. Nothing leaves the namespaces:
# there is no route out of them. Runs as root; everything it starts or creates is gone when the script ends.

set -euo pipefail
export LC_ALL=C TZ=UTC

CASE=$(cd "$(dirname "$0")" && pwd)
WORK=$(mktemp -d)
CAR=iw-car-$$ TAP=iw-tap-$$ NET=iw-net-$$
PIDS=()
CAPTURE_PID=

cleanup() {
    local index namespace
    for ((index = ${#PIDS[@]} - 1; index >= 0; index--)); do
        kill "${PIDS[index]}" 2>/dev/null || true
        wait "${PIDS[index]}" 2>/dev/null || true
    done
    for namespace in "$CAR" "$TAP" "$NET"; do
        ip netns del "$namespace" 2>/dev/null || true
        rm -rf "/etc/netns/$namespace"
    done
    rm -rf "$WORK"
}
trap cleanup EXIT

need() {  # PROGRAM... : stop with a clear line when one is not installed
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || { echo "$0: needs the program $program" >&2; exit 1; }
    done
}

until_true() {  # SECONDS COMMAND... : wait until the command succeeds
    local tries=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        ((tries-- > 0)) || { echo "$0: gave up waiting for: $*" >&2; exit 1; }
        sleep 0.1
    done
}

net_up() {
    need ip ethtool ss
    local namespace
    for namespace in "$CAR" "$TAP" "$NET"; do
        ip netns add "$namespace"
        ip -n "$namespace" link set lo up
        mkdir -p "/etc/netns/$namespace"
        echo 'nameserver 198.51.100.53' >"/etc/netns/$namespace/resolv.conf"
    done
    ip -n "$CAR" link add eth0 address 00:00:5e:00:53:10 type veth peer name car0 address 00:00:5e:00:53:01 netns "$TAP"
    ip -n "$NET" link add eth0 address 00:00:5e:00:53:20 type veth peer name net0 address 00:00:5e:00:53:02 netns "$TAP"
    ip netns exec "$TAP" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

    _address "$CAR" eth0 192.0.2.10/24 2001:db8:1::10/64
    _address "$TAP" car0 192.0.2.1/24 2001:db8:1::1/64
    _address "$TAP" net0 198.51.100.1/24 2001:db8:2::1/64
    _address "$NET" eth0 198.51.100.20/24 198.51.100.53/24 203.0.113.30/32 2001:db8:2::20/64
    ip -n "$CAR" route add default via 192.0.2.1
    ip -n "$CAR" route add default via 2001:db8:1::1
    ip -n "$NET" route add default via 198.51.100.1
    ip -n "$NET" route add default via 2001:db8:2::1
    ip -n "$TAP" route add 203.0.113.0/24 via 198.51.100.20
    sleep 2  # IPv6 router and listener reports are over before the capture begins
}

_address() {  # NAMESPACE INTERFACE ADDRESS... ; checksums and segments as on a real wire
    local namespace=$1 interface=$2 address
    shift 2
    for address in "$@"; do
        case $address in
            *:*) ip -n "$namespace" address add "$address" dev "$interface" nodad ;;
            *) ip -n "$namespace" address add "$address" dev "$interface" ;;
        esac
    done
    ip netns exec "$namespace" ethtool -K "$interface" tx off rx off tso off gso off gro off >/dev/null
    ip -n "$namespace" link set "$interface" up
}

in_car() { ip netns exec "$CAR" "$@"; }
in_net() { ip netns exec "$NET" "$@"; }

serve() {  # NAMESPACE COMMAND... : in the background until the script ends; what it prints is thrown away with $WORK
    local namespace=$1
    shift
    ip netns exec "$namespace" "$@" >>"$WORK/serve.log" 2>&1 &
    PIDS+=($!)
}

wait_tcp() { until_true 10 _listens "$1" t "$2"; }  # NAMESPACE PORT
wait_udp() { until_true 10 _listens "$1" u "$2"; }  # NAMESPACE PORT
_listens() { ip netns exec "$1" ss -Hln"$2" "sport = :$3" | grep -q .; }

names() {  # NAME=ADDRESS... : a resolver on 198.51.100.53 that knows these names and no others
    need dnsmasq
    local pair arguments=(--local=/example/ --local=/invalid/)
    for pair in "$@"; do
        arguments+=("--host-record=${pair%%=*},${pair#*=}" "--local=/${pair%%=*}/")
    done
    serve "$NET" dnsmasq --keep-in-foreground --no-resolv --no-hosts --conf-file=/dev/null --pid-file= --user=root \
        --listen-address=198.51.100.53 --bind-interfaces --local-ttl=30 "${arguments[@]}"
    wait_udp "$NET" 53
}

capture() {  # FILE : pcap by tcpdump, pcapng by dumpcap
    local file=$CASE/$1
    rm -f "$file"
    case $file in
        *.pcapng)
            need dumpcap
            ip netns exec "$TAP" dumpcap -q -i car0 -w "$WORK/capture" 2>"$WORK/capture.log" &
            ;;
        *)
            need tcpdump
            ip netns exec "$TAP" tcpdump -i car0 -n -U -s 0 -Z root -w "$WORK/capture" 2>"$WORK/capture.log" &
            ;;
    esac
    CAPTURE_PID=$!
    CAPTURE_FILE=$file
    PIDS+=("$CAPTURE_PID")
    until_true 10 grep -Eq 'listening on|File:' "$WORK/capture.log"
    sleep 0.5
}

capture_stop() {
    sleep 1.5
    kill "$CAPTURE_PID"
    wait "$CAPTURE_PID" || true
    cat "$WORK/capture" >"$CAPTURE_FILE"
    echo "$CAPTURE_FILE: $(stat -c %s "$CAPTURE_FILE") bytes"
}
