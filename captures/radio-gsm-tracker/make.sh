#!/bin/bash
# A sweep of an uplink by rtl_power: three minutes with the car away, then four with the car there and a device in it that reports.
# The program is Debian's; the receiver is frontend.c, which stands in for librtlsdr and runs the clock by samples.
. "$(dirname "$0")/../common.sh"
need gcc gzip rtl_power

gcc -std=gnu11 -Wall -Wextra -Werror -O2 -shared -fPIC -o "$WORK/frontend.so" "$CASE/frontend.c" -lm
SCENE_COMES=180 SCENE_PERIOD=20 LD_PRELOAD="$WORK/frontend.so" \
    rtl_power -f 894M:899M:200k -i 2 -e 420 -g 30 -c 20% "$WORK/sweep.csv"
gzip -9 -n <"$WORK/sweep.csv" >"$CASE/sweep.csv.gz"
stat -c '%n: %s bytes' "$CASE/sweep.csv.gz"
