#!/bin/bash
# A raw flash dump of a made-up telematics unit: boot area, device tree in a uImage, padding, a squashfs at an odd offset.
# Its programs are Debian's for ARM (armhf), of permissive licences only, and modem-keeper.c of this folder. The facts planted
# below are made up and name .example and .invalid hosts only.
. "$(dirname "$0")/../common.sh"
need apt-get arm-linux-gnueabihf-gcc arm-linux-gnueabihf-strip dpkg dpkg-deb dtc mkimage mksquashfs python3

PACKAGES=(toybox gpsd-clients libgps28 mosquitto-clients libmosquitto1)

# The foreign architecture is known to a private package database only; the machine's own is left alone.
APT=$WORK/apt
mkdir -p "$APT"/{lists/partial,archives/partial,deb}
touch "$APT/status"
apt_armhf() {
    apt-get -qq -o APT::Architecture=armhf -o APT::Architectures=armhf -o APT::Sandbox::User=root \
        -o Dir::State::lists="$APT/lists" -o Dir::State::status="$APT/status" -o Dir::Cache::archives="$APT/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}
apt_armhf update || echo "some package lists could not be read; going on with the others" >&2
(cd "$APT/deb" && apt_armhf download "${PACKAGES[@]}")

ROOT=$WORK/root
mkdir -p "$ROOT/var/lib/dpkg" "$WORK/licences"
for package in "${PACKAGES[@]}"; do
    dpkg-deb -x "$APT"/deb/"${package}"_*.deb "$ROOT"
    cp "$ROOT/usr/share/doc/$package/copyright" "$WORK/licences/$package"
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: armhf\nVersion: %s\n\n' "$package" \
        "$(dpkg-deb -f "$APT"/deb/"${package}"_*.deb Version)" >>"$ROOT/var/lib/dpkg/status"
done
rm -rf "$ROOT/usr/share" "$ROOT/usr/lib/python3"
mkdir "$ROOT/usr/share"
cp -r "$WORK/licences" "$ROOT/usr/share/licences"
find "$ROOT/usr/bin" "$ROOT/bin" -type f ! -name gpspipe ! -name mosquitto_pub ! -name toybox -delete
ln -s toybox "$ROOT/bin/sh"
mkdir -p "$ROOT/usr/sbin"
arm-linux-gnueabihf-gcc -std=c11 -Wall -Wextra -Werror -O2 -Wl,--build-id=none -o "$ROOT/usr/sbin/modem-keeper" "$CASE/modem-keeper.c"
arm-linux-gnueabihf-strip "$ROOT/usr/sbin/modem-keeper"
mkdir -p "$ROOT/etc/init.d" "$ROOT/etc/modem"
cat >"$ROOT/etc/modem/modem.conf" <<'END'
vendor=Quectel
model=EC25-EU
revision=EC25EUGAR06A07M4G_20.200.20.200
at_port=/dev/ttyUSB2
nmea_port=/dev/ttyUSB1
apn=m2m.operator.example
END
cat >"$ROOT/etc/report.conf" <<'END'
REPORT_URL=http://telemetry.fleet.example:8080/v1/position
BROKER=mqtt.maker.invalid
INTERVAL=60
END
cat >"$ROOT/etc/init.d/S90report" <<'END'
#!/bin/sh
# Read the position from the module and post it, for ever.
. /etc/report.conf
. /etc/modem/modem.conf

printf 'AT+QGPS=1\r' >"$at_port"
while sleep "$INTERVAL"; do
    printf 'AT+QGPSLOC=2\r' >"$at_port"
    fix=$(timeout 2 grep -m 1 QGPSLOC: <"$at_port")
    imei=$(cat /run/imei)
    wget -q -O /dev/null --post-data "imei=$imei&fix=$fix" "$REPORT_URL" ||
        mosquitto_pub -h "$BROKER" -i "unit-$imei" -t unit/position -m "$fix"
done
END
chmod 755 "$ROOT/etc/init.d/S90report"
find "$ROOT" -exec touch -h -d 2026-01-01T00:00:00Z {} +

mksquashfs "$ROOT" "$WORK/rootfs" -comp xz -Xbcj arm -b 262144 -all-root -noappend -no-progress -quiet -mkfs-time 1767225600
printf '/dts-v1/; / { compatible = "maker,unit-1", "arm,cortex-a7"; model = "Made-up telematics unit"; };\n' |
    dtc -q -I dts -O dtb -o "$WORK/unit.dtb" -
SOURCE_DATE_EPOCH=1767225600 mkimage -A arm -O linux -T firmware -C none -a 0 -e 0 -n 'unit-1 device tree' -d "$WORK/unit.dtb" "$WORK/uimage" >/dev/null
python3 "$CASE/dump.py" "$WORK/uimage" "$WORK/rootfs" "$CASE/unit-1-flash.bin"
(cd "$APT/deb" && ls -- *.deb)
stat -c '%n: %s bytes' "$CASE/unit-1-flash.bin"
