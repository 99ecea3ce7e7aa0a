// iotwatch VERSION: behaviour observed, intent not judged
// each rule was tried with yara-x: it fires on its own evidence and not on the benign samples

rule iotwatch_tie_54fb1b7db526425e_0
{
  meta:
    description = "The same server name in an image and on the wire: gps.tracker-cloud.example"
    finding = "54fb1b7db526425e"
    severity = "critical"
    confidence = "likely"
    file = "etc/tracker.conf"
    image_sha256 = "5289f3ab0fdcd1de446501d9048a2e8455bc925d0eabf8e02d44b41d816d860e"
    note = "behaviour observed, intent not judged"
  strings:
    $t0 = "gps.tracker-cloud.example"
  condition:
    all of them
}
