BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'iotwatch','m001_first_tables','2026-11-22 05:03:17.138797+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'iotwatch','m002_decisions','2026-11-22 05:03:17.139179+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'iotwatch','m003_changes','2026-11-22 05:03:17.139455+00:00');
CREATE TABLE "artefacts" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "path" TEXT,
   "sha256" TEXT,
   "size" INTEGER,
   "type" TEXT,
   "status" TEXT,
   "note" TEXT
);
INSERT INTO "artefacts" VALUES(1,3,'etc/tracker.conf','95c8512c621c3e2c7f5400be11de42c58a6f479e54bc37092780f5969d99191e',55,'text','ok','');
INSERT INTO "artefacts" VALUES(2,3,'etc/ssl/unit.pem','b859bbad04b8b7cfb16533d1e3bfb1ae091adefddad8c7272b59380bae231841',119,'private-key','ok','');
INSERT INTO "artefacts" VALUES(3,4,'etc/tracker.conf','95c8512c621c3e2c7f5400be11de42c58a6f479e54bc37092780f5969d99191e',55,'text','ok','');
INSERT INTO "artefacts" VALUES(4,4,'etc/ssl/unit.pem','b859bbad04b8b7cfb16533d1e3bfb1ae091adefddad8c7272b59380bae231841',119,'private-key','ok','');
CREATE TABLE "assets" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT,
   "verdict" TEXT,
   "verdict_reason" TEXT,
   "judged_at" TEXT,
   "first_seen" TEXT,
   "last_seen" TEXT,
   "scope" TEXT,
   "case_file" TEXT
);
INSERT INTO "assets" VALUES(1,'Van 20','reports-location','Position sent to gps.tracker-cloud.example (gt06); 1 such finding(s); factory-fit not checked','2026-11-22T05:03:17.987856Z','2026-11-22T01:38:34.423643Z','2026-11-22T01:40:26.277085Z','["00:00:5e:00:53:10","192.0.2.10"]','{"operator":"A. Example, example fleet security","asset":"van-20","place":"bench, with the network of the tap host only","legal_basis":"own vehicle, owner''s written order","scope":["192.0.2.10","00:00:5e:00:53:10"],"notes":"Made by make.sh beside this file: the device under test is a script.","phases":[{"name":"parked","from":"2026-11-22T01:38:30Z","to":"2026-11-22T01:39:30Z"},{"name":"driving","from":"2026-11-22T01:39:30Z","to":"2026-11-22T01:40:30Z"}],"sites":[]}');
INSERT INTO "assets" VALUES(2,'Van 21','suspicious','Private key in etc/ssl/unit.pem; factory-fit not checked','2026-11-22T05:03:18.030595Z',NULL,NULL,NULL,NULL);
CREATE TABLE "beacons" (
   "id" INTEGER PRIMARY KEY,
   "asset" TEXT,
   "client" TEXT,
   "server" TEXT,
   "server_name" TEXT,
   "port" INTEGER,
   "transport" TEXT,
   "kind" TEXT,
   "events" INTEGER,
   "interval_s" REAL,
   "jitter" REAL,
   "score" REAL,
   "chance" REAL,
   "first_seen" TEXT,
   "last_seen" TEXT,
   "finding_id" INTEGER
);
INSERT INTO "beacons" VALUES(1,'Van 20','192.0.2.10','203.0.113.30','gps.tracker-cloud.example',7018,'tcp','burst',12,10.0,0.0,0.95874,6.32e-06,'2026-11-22T01:38:34.874101Z','2026-11-22T01:40:24.876151Z',3);
CREATE TABLE "changes" (
   "id" INTEGER PRIMARY KEY,
   "asset" TEXT,
   "sweep" INTEGER,
   "since" TEXT,
   "what" TEXT,
   "change" TEXT,
   "fingerprint" TEXT,
   "name" TEXT,
   "before" TEXT,
   "after" TEXT
);
CREATE TABLE "contacts" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "client" TEXT,
   "server" TEXT,
   "server_port" INTEGER,
   "transport" TEXT,
   "server_name" TEXT,
   "kind" TEXT,
   "events" INTEGER,
   "times" BLOB,
   "sizes" BLOB,
   "frames" BLOB,
   "offsets" BLOB,
   "lengths" BLOB,
   "first_bytes" BLOB,
   "last_bytes" BLOB,
   "origin_place" INTEGER,
   "client_mac" TEXT,
   "first_seen" TEXT
);
INSERT INTO "contacts" VALUES(1,1,'192.0.2.10','198.51.100.53',53,'udp','','connection',1,X'73EE1A89D3600600',X'5500000000000000',X'0400000000000000',X'5601000000000000',X'5500000000000000',X'00005E00530100005E005310080045000047516240004011FCD0C000020AC6336435A038003500338A38C00C01000001000000000000036770730D747261636B',X'00005E00530100005E005310080045000047516240004011FCD0C000020AC6336435A038003500338A38C00C01000001000000000000036770730D747261636B',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:34.873459Z');
INSERT INTO "contacts" VALUES(2,1,'192.0.2.10','198.51.100.53',53,'udp','','burst',1,X'73EE1A89D3600600',X'2B00000000000000',X'0400000000000000',X'5601000000000000',X'5500000000000000',X'00005E00530100005E005310080045000047516240004011FCD0C000020AC6336435A038003500338A38C00C01000001000000000000036770730D747261636B',X'00005E00530100005E005310080045000047516240004011FCD0C000020AC6336435A038003500338A38C00C01000001000000000000036770730D747261636B',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:34.873459Z');
INSERT INTO "contacts" VALUES(3,1,'192.0.2.10','203.0.113.30',7018,'tcp','gps.tracker-cloud.example','connection',1,X'67F01A89D3600600',X'4A00000000000000',X'0800000000000000',X'FA02000000000000',X'4A00000000000000',X'00005E00530100005E00531008004500003C0752400040063541C000020ACB00711EA8EA1B6A349C722800000000A002FAF047680000020405B40402080A7F9F',X'00005E00530100005E00531008004500003C0752400040063541C000020ACB00711EA8EA1B6A349C722800000000A002FAF047680000020405B40402080A7F9F',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:34.873959Z');
INSERT INTO "contacts" VALUES(4,1,'192.0.2.10','203.0.113.30',7018,'tcp','gps.tracker-cloud.example','burst',12,X'F5F01A89D3600600E29E98000000000088969800000000006B96980000000000B89698000000000014969800000000009C9698000000000077A4980000000000AE8898000000000042969800000000008DB2980000000000517A980000000000',X'120000000000000024000000000000002400000000000000240000000000000024000000000000002400000000000000240000000000000024000000000000002400000000000000240000000000000024000000000000002400000000000000',X'0B00000000000000150000000000000017000000000000001A000000000000002200000000000000240000000000000027000000000000002B000000000000003100000000000000330000000000000035000000000000003700000000000000',X'00040000000000004C0700000000000014080000000000003209000000000000CF0B000000000000970C000000000000B50D000000000000F10E0000000000001A11000000000000E211000000000000AA120000000000007213000000000000',X'540000000000000066000000000000006600000000000000660000000000000066000000000000006600000000000000660000000000000066000000000000006600000000000000660000000000000066000000000000006600000000000000',X'00005E00530100005E0053100800450000460754400040063535C000020ACB00711EA8EA1B6A349C72297B762F138018003FFA1D00000101080A7F9F1CC260FB',X'00005E00530100005E0053100800450000580765400040063512C000020ACB00711EA8EA1B6A349C73E57B762F318018003FF5AE00000101080A7FA0CA7460FC',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:34.874101Z');
INSERT INTO "contacts" VALUES(5,1,'fe80::200:5eff:fe00:5310','ff02::2',0,'icmp6','','icmp',4,X'1B393789D36006001E187900000000004A30F20000000000EA77E00100000000',X'1000000000000000100000000000000010000000000000001000000000000000',X'1100000000000000140000000000000019000000000000002600000000000000',X'2C06000000000000F606000000000000DC080000000000005F0D000000000000',X'4600000000000000460000000000000046000000000000004600000000000000',X'33330000000200005E00531086DD6000000000103AFFFE8000000000000002005EFFFE005310FF0200000000000000000000000000028500190D000000000101',X'33330000000200005E00531086DD6000000000103AFFFE8000000000000002005EFFFE005310FF0200000000000000000000000000028500190D000000000101',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:36.727579Z');
INSERT INTO "contacts" VALUES(6,1,'192.0.2.10','198.51.100.53',53,'udp','gps.tracker-cloud.example','dns',2,X'73EE1A89D36006006F01000000000000',X'2B000000000000002B00000000000000',X'04000000000000000600000000000000',X'80010000000000005A02000000000000',X'2B000000000000002B00000000000000',X'C00C01000001000000000000036770730D747261636B65722D636C6F7564076578616D706C650000010001',X'8F0B01000001000000000000036770730D747261636B65722D636C6F7564076578616D706C6500001C0001',NULL,'00:00:5e:00:53:10','2026-11-22T01:38:34.873459Z');
CREATE TABLE "coverage" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "measure" TEXT,
   "value" REAL,
   "note" TEXT
);
INSERT INTO "coverage" VALUES(1,1,'frames.arp',8.0,'link type ether');
INSERT INTO "coverage" VALUES(2,1,'payload.seen',895.0,'payload bytes of all flows');
INSERT INTO "coverage" VALUES(3,1,'flows out of scope',1.0,'counted, nothing of theirs is kept');
INSERT INTO "coverage" VALUES(4,2,'log lines claimed',1.0,'share of lines that a grammar knew');
INSERT INTO "coverage" VALUES(5,3,'unpack.opened',10240.0,'10240 of 10240 bytes of the image opened as tar');
INSERT INTO "coverage" VALUES(6,3,'bytes opened',10240.0,'10240 of 10240 bytes are of a known format; all were searched for texts');
INSERT INTO "coverage" VALUES(7,4,'unpack.opened',10240.0,'10240 of 10240 bytes of the image opened as tar');
INSERT INTO "coverage" VALUES(8,4,'bytes opened',10240.0,'10240 of 10240 bytes are of a known format; all were searched for texts');
CREATE TABLE "decisions" (
   "id" INTEGER PRIMARY KEY,
   "word" TEXT,
   "asset" TEXT,
   "target" TEXT,
   "author" TEXT,
   "reason" TEXT,
   "created" TEXT,
   "expires" TEXT,
   "removed" TEXT
);
CREATE TABLE "detectors" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT,
   "version" INTEGER,
   "asks" TEXT,
   "false_alarms" TEXT
);
INSERT INTO "detectors" VALUES(1,'location',2,'Does a device state its position, or what a position can be looked up from, and does that leave the car?','A weather or map request repeats coordinates of another place. A gateway, fence or waypoint is somebody else''s position. A simulator or a test message holds made-up coordinates. Most modern cars report their position by design.');
INSERT INTO "detectors" VALUES(2,'beacon',3,'Does a device contact one far end again and again at near-constant intervals?','NTP, DHCP, DNS refresh, connectivity checks, keep-alives of a long session and update polls are regular too. Few events say little: the chance beside the score tells how little. A beacon that waits longer than the capture ran is not seen at all.');
INSERT INTO "detectors" VALUES(3,'module',2,'Is there a cellular module, whose is it, and is it the module itself or only software or a chip for one?','USB ids, AT answers, user agents and IMEI are what a device says of itself and can be forged. Host software names many modules and is none. Chip makers'' USB ids are shared by many brands.');
INSERT INTO "detectors" VALUES(4,'identity',2,'Which identity numbers of device, SIM or car stand in the traces, and do they leave in clear?','A 15-digit number that passes its check digit is one in ten by chance. Identities can be rewritten or forged. A number in a log stays in the car until something sends it.');
INSERT INTO "detectors" VALUES(5,'program',1,'Which program in an image reads a position or an identity number, and does it name a far end to send it to?','Code that is there need not run. A program that shows the IMEI on a page and fetches updates from a server holds all the pieces too. Words for people (latitude, IMEI) stand in help texts and pages. Open-source programs are known by name alone, and a name can be borrowed.');
INSERT INTO "detectors" VALUES(6,'secret',1,'Does an image hold a private key or a password?','Keys and passwords of tests, examples and documents stand in many packages. A value under the name password may be a setting about passwords. A key of this one device is no key of all: the image does not say.');
INSERT INTO "detectors" VALUES(7,'tie',1,'Does the same server, number, certificate, agent, topic or dialect stand in an image and on the wire of one asset?','Names that everybody uses (time servers, a cloud''s front door) tie an image to any device. The image and the capture must be of the same device: the asset was named by who scanned them. A shared library''s user agent ties only that library.');
INSERT INTO "detectors" VALUES(8,'endpoint',1,'Is a known cloud, update or positioning service of a module maker named or contacted?','A name in an image is not a contact. A DNS question may come from a phone in range. Content of an encrypted session was not seen: a service that takes positions may have been asked for something else.');
INSERT INTO "detectors" VALUES(9,'assistance',1,'Does a GNSS receiver fetch assistance data (XTRA, LTO, EPO, AssistNow, A-GNSS, SUPL)?','Every phone and every car with a navigation system fetches orbits. A name asked in DNS may come from a phone in range. Assistance shows that a receiver is used, never that its position is sent.');
INSERT INTO "detectors" VALUES(10,'vendor',2,'Which makers'' equipment shows itself by its own protocols, names or banners?','Many brands are rebadged, so a hit names the maker and not always the label on the box. A banner can be forged. A network card''s maker is not the maker of the device around it, nor is the maker of a receiver''s chip.');
CREATE TABLE "endpoints" (
   "id" INTEGER PRIMARY KEY,
   "asset" TEXT,
   "address" TEXT,
   "name" TEXT,
   "port" INTEGER,
   "country" TEXT,
   "as_name" TEXT,
   "vendor" TEXT,
   "purpose" TEXT
);
CREATE TABLE "evidence" (
   "id" INTEGER PRIMARY KEY,
   "finding_id" INTEGER,
   "source_id" INTEGER,
   "place_id" INTEGER,
   "frame" INTEGER,
   "path" TEXT,
   "offset" INTEGER,
   "length" INTEGER,
   "excerpt" TEXT,
   "display_filter" TEXT,
   "time" TEXT
);
INSERT INTO "evidence" VALUES(1,1,3,63,NULL,'etc/tracker.conf',519,25,'6770732e747261636b65722d636c6f75642e6578616d706c65','',NULL);
INSERT INTO "evidence" VALUES(2,1,1,14,4,'',396,31,'036770730d747261636b65722d636c6f7564076578616d706c650000010001','frame.number == 4','2026-11-22T01:38:34.873459Z');
INSERT INTO "evidence" VALUES(3,2,1,1,15,'',1446,36,'78781f121a0b16012622c90506425e0764ede22a193e0001011234005678000253f30d0a','frame.number == 15','2026-11-22T01:38:34.876015Z');
INSERT INTO "evidence" VALUES(4,2,1,12,55,'',5044,36,'78781f121a0b16012818c9050601f107652e4f2a193e0001011234005678000f12f40d0a','frame.number == 55','2026-11-22T01:40:24.876151Z');
INSERT INTO "evidence" VALUES(5,3,1,65,11,'',1024,64,'00005e00530100005e0053100800450000460754400040063535c000020acb00711ea8ea1b6a349c72297b762f138018003ffa1d00000101080a7f9f1cc260fb','frame.number == 11','2026-11-22T01:38:34.874101Z');
INSERT INTO "evidence" VALUES(6,3,1,66,55,'',4978,64,'00005e00530100005e0053100800450000580765400040063512c000020acb00711ea8ea1b6a349c73e57b762f318018003ff5ae00000101080a7fa0ca7460fc','frame.number == 55','2026-11-22T01:40:24.876151Z');
INSERT INTO "evidence" VALUES(7,4,1,16,11,'',1090,18,'78780d0108600000000000330001bfb00d0a','frame.number == 11','2026-11-22T01:38:34.874101Z');
INSERT INTO "evidence" VALUES(8,5,3,64,NULL,'etc/ssl/unit.pem',1536,28,'2d2d2d2d2d424547494e2050524956415445204b45592d2d2d2d2d0a','',NULL);
INSERT INTO "evidence" VALUES(9,6,2,41,NULL,'',544,20,'3839393939303130303030303030303030303133','',NULL);
INSERT INTO "evidence" VALUES(10,7,2,35,NULL,'',393,15,'383630303030303030303030303431','',NULL);
INSERT INTO "evidence" VALUES(11,8,2,38,NULL,'',465,15,'303031303130313233343536373839','',NULL);
INSERT INTO "evidence" VALUES(12,9,2,18,NULL,'',823,80,'2b514750534c4f433a203031333833322e3030302c353431322e383734324e2c30363433312e39333038572c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c3039','',NULL);
INSERT INTO "evidence" VALUES(13,9,2,19,NULL,'',965,76,'2b514750534c4f433a203031333833322e3030302c35342e32313435372c2d36342e35333231382c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c3039','',NULL);
INSERT INTO "evidence" VALUES(14,10,2,23,NULL,'',113,26,'5265766973696f6e3a20454332354546415230364130364d3447','',NULL);
INSERT INTO "evidence" VALUES(15,10,2,24,NULL,'',70,7,'5175656374656c','',NULL);
INSERT INTO "evidence" VALUES(16,10,2,32,NULL,'',321,16,'454332354546415230364130364d3447','',NULL);
INSERT INTO "evidence" VALUES(17,10,2,22,NULL,'',123,16,'454332354546415230364130364d3447','',NULL);
INSERT INTO "evidence" VALUES(18,10,2,25,NULL,'',93,4,'45433235','',NULL);
INSERT INTO "evidence" VALUES(19,10,2,50,NULL,'',752,9,'41542b514750533d31','',NULL);
INSERT INTO "evidence" VALUES(20,10,2,52,NULL,'',795,12,'41542b514750534c4f433d30','',NULL);
INSERT INTO "evidence" VALUES(21,10,2,54,NULL,'',937,12,'41542b514750534c4f433d32','',NULL);
INSERT INTO "evidence" VALUES(22,11,4,68,NULL,'etc/ssl/unit.pem',1536,28,'2d2d2d2d2d424547494e2050524956415445204b45592d2d2d2d2d0a','',NULL);
CREATE TABLE "finding_positions" (
   "id" INTEGER PRIMARY KEY,
   "finding_id" INTEGER,
   "position_id" INTEGER
);
INSERT INTO "finding_positions" VALUES(1,2,1);
INSERT INTO "finding_positions" VALUES(2,2,2);
INSERT INTO "finding_positions" VALUES(3,2,3);
INSERT INTO "finding_positions" VALUES(4,2,4);
INSERT INTO "finding_positions" VALUES(5,2,5);
INSERT INTO "finding_positions" VALUES(6,2,6);
INSERT INTO "finding_positions" VALUES(7,2,7);
INSERT INTO "finding_positions" VALUES(8,2,8);
INSERT INTO "finding_positions" VALUES(9,2,9);
INSERT INTO "finding_positions" VALUES(10,2,10);
INSERT INTO "finding_positions" VALUES(11,2,11);
INSERT INTO "finding_positions" VALUES(12,2,12);
INSERT INTO "finding_positions" VALUES(13,9,13);
INSERT INTO "finding_positions" VALUES(14,9,14);
CREATE TABLE "findings" (
   "id" INTEGER PRIMARY KEY,
   "fingerprint" TEXT,
   "aliases" TEXT,
   "asset" TEXT,
   "kind" TEXT,
   "subject" TEXT,
   "title" TEXT,
   "severity" TEXT,
   "confidence" TEXT,
   "detector" TEXT,
   "detector_version" INTEGER,
   "signature" TEXT,
   "reasons" TEXT,
   "doubts" TEXT,
   "facts" TEXT,
   "first_seen" TEXT,
   "last_seen" TEXT
);
INSERT INTO "findings" VALUES(1,'54fb1b7db526425e','[]','Van 20','tie','gps.tracker-cloud.example','The same server name in an image and on the wire: gps.tracker-cloud.example','critical','likely','tie',1,'','["in the image: etc/tracker.conf","on the wire: ip:192.0.2.10, 1 trace(s)","raised by one step: Position sent to gps.tracker-cloud.example (gt06)","raised by one step: Regular contact with gps.tracker-cloud.example every 10 s"]','["that image and capture are of one device is what the asset''s name says"]','{"clients":["ip:192.0.2.10"],"files":["etc/tracker.conf"],"raises":["860000000000033|gps.tracker-cloud.example|gt06|up","860000000000033|gps.tracker-cloud.example"],"value":"gps.tracker-cloud.example","what":"server"}','2026-11-22T01:38:34.873459Z','2026-11-22T01:38:34.873459Z');
INSERT INTO "findings" VALUES(2,'d22ba86af7affad5','["d22ba86af7affad5","b4253921dcc45daa","74018023d2d86763","982d0379e03c0f63"]','Van 20','location','860000000000033','Position sent to gps.tracker-cloud.example (gt06)','high','certain','location',2,'','["12 position message(s) in the dialect gt06, 12 of them with a place","the checksum of the best message is right","far end: gps.tracker-cloud.example","over 110 s, about 360 an hour","the places lie within 1235 m","in clear: whoever is on the way can read it"]','[]','{"area":{"east":-68.91945,"north":-46.82210722222222,"south":-46.83127,"west":-68.92861277777777},"client":"192.0.2.10","country":"","country_source":"","device_id":"860000000000033","dialect":"gt06","direction":"up","disclosing":12,"extent_m":1235,"first":"2026-11-22T01:38:34.000000Z","in_clear":true,"last":"2026-11-22T01:40:24.000000Z","lists":0,"network":"","network_source":"","per_hour":360.0,"positions":12,"purpose":"","server":"203.0.113.30","server_name":"gps.tracker-cloud.example","server_port":7018,"transport":"tcp","vendor":""}','2026-11-22T01:38:34.876015Z','2026-11-22T01:40:24.876151Z');
INSERT INTO "findings" VALUES(3,'f39e0f343b1b6e30','["a3665cf1581299b9","a7bcbcacff7978a5"]','Van 20','beacon','860000000000033','Regular contact with gps.tracker-cloud.example every 10 s','high','likely','beacon',3,'','["12 contacts, every 10 s +- 0.00 s; by chance about 1 in 158,114 among 2 pairs","the same 36 bytes each time inside a long connection, like a keep-alive","the same contact carries positions"]','[]','{"chance":6.32e-6,"client":"192.0.2.10","client_mac":"00:00:5e:00:53:10","contact":"burst","events":12,"far_end":"gps.tracker-cloud.example","interval_s":10.0,"jitter":0.0,"looked_at":2,"missed":0.0,"score":0.95874,"server":"203.0.113.30"}','2026-11-22T01:38:34.874101Z','2026-11-22T01:40:24.876151Z');
INSERT INTO "findings" VALUES(4,'5cb771f888f44af0','[]','Van 20','identity','imei:860000000000033','IMEI sent in clear','medium','likely','identity',2,'','["IMEI in gt06, 17 time(s)"]','[]','{"kind":"imei","protocols":["gt06"],"sent":true,"value":"860000000000033"}','2026-11-22T01:38:34.874101Z','2026-11-22T01:38:34.874101Z');
INSERT INTO "findings" VALUES(5,'f049625f806cc8a2','[]','Van 20','secret','etc/ssl/unit.pem','Private key in etc/ssl/unit.pem','medium','likely','secret',1,'','["PRIVATE KEY"]','["it may be a key for tests or an example"]','{"algorithm":"Ed25519","bits":0,"certificate":"","encrypted":false,"form":"PRIVATE KEY","paths":["etc/ssl/unit.pem"]}',NULL,NULL);
INSERT INTO "findings" VALUES(6,'2f34a50db501b68b','[]','Van 20','identity','iccid:89999010000000000013','ICCID seen','info','likely','identity',2,'','["ICCID in at, 1 time(s)"]','[]','{"kind":"iccid","protocols":["at"],"sent":false,"value":"89999010000000000013"}',NULL,NULL);
INSERT INTO "findings" VALUES(7,'65958ccbb594cf29','[]','Van 20','identity','imei:860000000000041','IMEI seen','info','likely','identity',2,'','["IMEI in at, 1 time(s)"]','[]','{"kind":"imei","protocols":["at"],"sent":false,"value":"860000000000041"}',NULL,NULL);
INSERT INTO "findings" VALUES(8,'451de9c5a9a4987d','[]','Van 20','identity','imsi:001010123456789','IMSI seen','info','likely','identity',2,'','["IMSI in at, 1 time(s)"]','[]','{"kind":"imsi","protocols":["at"],"sent":false,"value":"001010123456789"}',NULL,NULL);
INSERT INTO "findings" VALUES(9,'09afb601ff7afc83','[]','Van 20','location','the device','Position seen on a local wire (at)','info','likely','location',2,'','["2 position message(s) in the dialect at, 2 of them with a place","the places lie within 0 m","the far end sent it commands: AT (1), ATI (1), AT+CGMI (1), AT+CGMM (1), AT+CGMR (1), AT+GSN (1)"]','[]','{"area":{"east":-64.53218,"north":54.21457,"south":54.21457,"west":-64.53218},"client":"","commands":["AT","ATI","AT+CGMI","AT+CGMM","AT+CGMR","AT+GSN","AT+CIMI","AT+CCID","AT+CREG?","AT+COPS?","AT+QGPS=1","AT+QGPSLOC=0","AT+QGPSLOC=2","AT+QGPSLOC=9","AT+QGPSEND"],"country":"","country_source":"","device_id":"","dialect":"at","direction":"local","disclosing":2,"extent_m":0,"first":"2026-11-22T01:38:32.000000Z","in_clear":true,"last":"2026-11-22T01:38:32.000000Z","lists":0,"network":"","network_source":"","per_hour":null,"positions":2,"purpose":"","server":"","server_name":"","server_port":null,"transport":"text","vendor":""}',NULL,NULL);
INSERT INTO "findings" VALUES(10,'f76088a732237839','[]','Van 20','module','Quectel EC25','Quectel EC25, firmware EC25EFAR06A06M4G: cellular module','info','likely','module',2,'quectel','["the answer has the form of a Quectel firmware version: ''Revision: EC25EFAR06A06M4G''","the modem answers that its maker is Quectel: ''Quectel''","the answer has the form of a Quectel firmware version: ''EC25EFAR06A06M4G''","the answer is a model name of Quectel: ''EC25''","AT+QGPS: start the GNSS engine: ''AT+QGPS=1''","AT+QGPSLOC: read one position fix: ''AT+QGPSLOC=0''","AT+QGPSLOC: read one position fix: ''AT+QGPSLOC=2''","AT+QGPSLOC: read one position fix: ''AT+QGPSLOC=9''","AT+QGPSEND: stop the GNSS engine: ''AT+QGPSEND''","only a cellular modem shows this: imei"]','["an answer can be forged or passed on by a host","other makers use short names of letters and digits too","makers borrow each other''s commands","what a device says of itself can be forged"]','{"country":"CN","firmware_version":"EC25EFAR06A06M4G","iccid":"89999010000000000013","imei":"860000000000041","imsi":"001010123456789","lists":["US NDAA FY2021 section 1260H list (Chinese military companies): Quectel (Jan 2025, 5gstore.com, 19 Jun 2025; blog.sierrawireless.com, 30 Jul 2025; econotimes.com; by name)","US BIS connected vehicle rule (15 CFR 791): vehicle connectivity hardware with a China nexus (published 16 Jan 2025, effective 17 Mar 2025; software from model year 2027, hardware from model year 2030, thompsonhinesmartrade.com; sanctionsnews.bakermckenzie.com; by nexus)"],"model":"EC25","operator":["Test PLMN 1-1"],"role":"module","seen_in":["at"],"vendor":"Quectel"}',NULL,NULL);
INSERT INTO "findings" VALUES(11,'8193159c528efe9b','[]','Van 21','secret','etc/ssl/unit.pem','Private key in etc/ssl/unit.pem','medium','likely','secret',1,'','["PRIVATE KEY"]','["it may be a key for tests or an example"]','{"algorithm":"Ed25519","bits":0,"certificate":"","encrypted":false,"form":"PRIVATE KEY","paths":["etc/ssl/unit.pem"]}',NULL,NULL);
CREATE TABLE "flows" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "transport" TEXT,
   "client" TEXT,
   "client_port" INTEGER,
   "server" TEXT,
   "server_port" INTEGER,
   "first_seen" TEXT,
   "last_seen" TEXT,
   "packets_up" INTEGER,
   "packets_down" INTEGER,
   "bytes_up" INTEGER,
   "bytes_down" INTEGER,
   "protocol" TEXT,
   "server_name" TEXT,
   "ja4" TEXT,
   "client_mac" TEXT,
   "server_mac" TEXT,
   "tunnel" TEXT
);
INSERT INTO "flows" VALUES(1,1,'udp','192.0.2.10',41016,'198.51.100.53',53,'2026-11-22T01:38:34.873459Z','2026-11-22T01:38:34.873870Z',2,2,170,186,'dns','','','00:00:5e:00:53:10','00:00:5e:00:53:01','');
INSERT INTO "flows" VALUES(2,1,'tcp','192.0.2.10',43242,'203.0.113.30',7018,'2026-11-22T01:38:34.873959Z','2026-11-22T01:40:26.277085Z',24,22,2087,1500,'gt06','gps.tracker-cloud.example','','00:00:5e:00:53:10','00:00:5e:00:53:01','');
INSERT INTO "flows" VALUES(3,1,'icmp6','fe80::200:5eff:fe00:5310',0,'ff02::2',0,'2026-11-22T01:38:36.727579Z','2026-11-22T01:39:32.023661Z',4,0,280,0,'','','','00:00:5e:00:53:10','33:33:00:00:00:02','');
CREATE TABLE "modules" (
   "id" INTEGER PRIMARY KEY,
   "asset" TEXT,
   "vendor" TEXT,
   "model" TEXT,
   "firmware_version" TEXT,
   "role" TEXT,
   "seen_in" TEXT,
   "imei" TEXT,
   "iccid" TEXT,
   "imsi" TEXT,
   "confidence" TEXT,
   "finding_id" INTEGER
);
INSERT INTO "modules" VALUES(1,'Van 20','Quectel','EC25','EC25EFAR06A06M4G','module','at','860000000000041','89999010000000000013','001010123456789','likely',10);
CREATE TABLE "observations" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "kind" TEXT,
   "subject" TEXT,
   "value" TEXT,
   "time" TEXT,
   "evidence" TEXT,
   "count" INTEGER,
   "facts" TEXT
);
INSERT INTO "observations" VALUES(1,1,'oui','ip:192.0.2.10','00:00:5e:00:53:10','2026-11-22T01:38:34.873459Z','{"excerpt":"c00c01000001000000000000036770730d747261636b65722d636c6f7564076578616d706c6500000100018f0b01000001000000000000036770730d74726163","frame":4,"length":64,"path":"","place":13,"time":1795311514873459}',2,'{}');
INSERT INTO "observations" VALUES(2,1,'dns.query','ip:192.0.2.10','gps.tracker-cloud.example','2026-11-22T01:38:34.873459Z','{"excerpt":"036770730d747261636b65722d636c6f7564076578616d706c650000010001","frame":4,"length":31,"path":"","place":14,"time":1795311514873459}',2,'{"client_mac":"00:00:5e:00:53:10","direction":"up","protocol":"dns","server":"198.51.100.53","server_port":53,"type":"A"}');
INSERT INTO "observations" VALUES(3,1,'dns.answer','ip:192.0.2.10','gps.tracker-cloud.example','2026-11-22T01:38:34.873798Z','{"excerpt":"c00c000100010000001e0004cb00711e","frame":5,"length":16,"path":"","place":15,"time":1795311514873798}',1,'{"addresses":["203.0.113.30"],"client_mac":"00:00:5e:00:53:10","direction":"down","protocol":"dns","server":"198.51.100.53","server_port":53}');
INSERT INTO "observations" VALUES(4,1,'imei','ip:192.0.2.10','860000000000033','2026-11-22T01:38:34.874101Z','{"excerpt":"78780d0108600000000000330001bfb00d0a","frame":11,"length":18,"path":"","place":16,"time":1795311514874101}',17,'{"client_mac":"00:00:5e:00:53:10","direction":"up","protocol":"gt06","server":"203.0.113.30","server_port":7018}');
INSERT INTO "observations" VALUES(5,1,'dialect','ip:192.0.2.10','gt06','2026-11-22T01:38:34.874101Z','{"excerpt":"78780d0108600000000000330001bfb00d0a","frame":11,"length":18,"path":"","place":16,"time":1795311514874101}',16,'{"client_mac":"00:00:5e:00:53:10","direction":"up","protocol":"gt06","server":"203.0.113.30","server_port":7018}');
INSERT INTO "observations" VALUES(6,1,'oui','ip:fe80::200:5eff:fe00:5310','00:00:5e:00:53:10','2026-11-22T01:38:36.727579Z','{"excerpt":"8500190d00000000010100005e0053108500190d00000000010100005e0053108500190d00000000010100005e0053108500190d00000000010100005e005310","frame":17,"length":64,"path":"","place":17,"time":1795311516727579}',1,'{}');
INSERT INTO "observations" VALUES(7,2,'tracker.command','','AT',NULL,'{"excerpt":"41540a5b30313a33383a33313a3439345d204f4b","frame":null,"length":20,"path":"","place":20,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(8,2,'at.command','','ATI',NULL,'{"excerpt":"415449","frame":null,"length":3,"path":"","place":21,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(9,2,'module.firmware','','EC25EFAR06A06M4G',NULL,'{"excerpt":"454332354546415230364130364d3447","frame":null,"length":16,"path":"","place":22,"time":null}',2,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(10,2,'at.answer','','Revision: EC25EFAR06A06M4G',NULL,'{"excerpt":"5265766973696f6e3a20454332354546415230364130364d3447","frame":null,"length":26,"path":"","place":23,"time":null}',1,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(11,2,'module.vendor','','Quectel',NULL,'{"excerpt":"5175656374656c","frame":null,"length":7,"path":"","place":24,"time":null}',2,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(12,2,'at.answer','','Quectel',NULL,'{"excerpt":"5175656374656c","frame":null,"length":7,"path":"","place":24,"time":null}',2,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(13,2,'module.model','','EC25',NULL,'{"excerpt":"45433235","frame":null,"length":4,"path":"","place":25,"time":null}',2,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(14,2,'at.answer','','EC25',NULL,'{"excerpt":"45433235","frame":null,"length":4,"path":"","place":25,"time":null}',2,'{"command":"I","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(15,2,'tracker.command','','ATI',NULL,'{"excerpt":"4154490a5b30313a33383a33313a3631345d205175656374656c0a5b30313a33383a33313a3631345d20454332350a5b30313a33383a33313a3631345d205265766973696f6e3a20454332354546415230364130364d34470a5b30313a33383a33313a3631345d204f4b","frame":null,"length":106,"path":"","place":26,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(16,2,'at.command','','AT+CGMI',NULL,'{"excerpt":"41542b43474d49","frame":null,"length":7,"path":"","place":27,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(17,2,'tracker.command','','AT+CGMI',NULL,'{"excerpt":"41542b43474d490a5b30313a33383a33313a3733355d205175656374656c0a5b30313a33383a33313a3733355d204f4b","frame":null,"length":48,"path":"","place":28,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(18,2,'at.command','','AT+CGMM',NULL,'{"excerpt":"41542b43474d4d","frame":null,"length":7,"path":"","place":29,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(19,2,'tracker.command','','AT+CGMM',NULL,'{"excerpt":"41542b43474d4d0a5b30313a33383a33313a3835365d20454332350a5b30313a33383a33313a3835365d204f4b","frame":null,"length":45,"path":"","place":30,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(20,2,'at.command','','AT+CGMR',NULL,'{"excerpt":"41542b43474d52","frame":null,"length":7,"path":"","place":31,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(21,2,'at.answer','','EC25EFAR06A06M4G',NULL,'{"excerpt":"454332354546415230364130364d3447","frame":null,"length":16,"path":"","place":32,"time":null}',1,'{"command":"+CGMR","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(22,2,'tracker.command','','AT+CGMR',NULL,'{"excerpt":"41542b43474d520a5b30313a33383a33313a3937375d20454332354546415230364130364d34470a5b30313a33383a33313a3937375d204f4b","frame":null,"length":57,"path":"","place":33,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(23,2,'at.command','','AT+GSN',NULL,'{"excerpt":"41542b47534e","frame":null,"length":6,"path":"","place":34,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(24,2,'imei','','860000000000041',NULL,'{"excerpt":"383630303030303030303030303431","frame":null,"length":15,"path":"","place":35,"time":null}',1,'{"direction":"local","key":true,"protocol":"at","seen_in":"at"}');
INSERT INTO "observations" VALUES(25,2,'at.answer','','860000000000041',NULL,'{"excerpt":"383630303030303030303030303431","frame":null,"length":15,"path":"","place":35,"time":null}',1,'{"command":"+GSN","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(26,2,'modem.cellular','','imei',NULL,'{"excerpt":"383630303030303030303030303431","frame":null,"length":15,"path":"","place":35,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(27,2,'tracker.command','','AT+GSN',NULL,'{"excerpt":"41542b47534e0a5b30313a33383a33323a3039385d203836303030303030303030303034310a5b30313a33383a33323a3039385d204f4b","frame":null,"length":55,"path":"","place":36,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(28,2,'at.command','','AT+CIMI',NULL,'{"excerpt":"41542b43494d49","frame":null,"length":7,"path":"","place":37,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(29,2,'imsi','','001010123456789',NULL,'{"excerpt":"303031303130313233343536373839","frame":null,"length":15,"path":"","place":38,"time":null}',1,'{"direction":"local","key":true,"protocol":"at","seen_in":"at"}');
INSERT INTO "observations" VALUES(30,2,'at.answer','','001010123456789',NULL,'{"excerpt":"303031303130313233343536373839","frame":null,"length":15,"path":"","place":38,"time":null}',1,'{"command":"+CIMI","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(31,2,'modem.cellular','','imsi',NULL,'{"excerpt":"303031303130313233343536373839","frame":null,"length":15,"path":"","place":38,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(32,2,'tracker.command','','AT+CIMI',NULL,'{"excerpt":"41542b43494d490a5b30313a33383a33323a3231385d203030313031303132333435363738390a5b30313a33383a33323a3231385d204f4b","frame":null,"length":56,"path":"","place":39,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(33,2,'at.command','','AT+CCID',NULL,'{"excerpt":"41542b43434944","frame":null,"length":7,"path":"","place":40,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(34,2,'iccid','','89999010000000000013',NULL,'{"excerpt":"3839393939303130303030303030303030303133","frame":null,"length":20,"path":"","place":41,"time":null}',1,'{"direction":"local","key":true,"protocol":"at","seen_in":"at"}');
INSERT INTO "observations" VALUES(35,2,'at.answer','','+CCID: 89999010000000000013',NULL,'{"excerpt":"2b434349443a203839393939303130303030303030303030303133","frame":null,"length":27,"path":"","place":42,"time":null}',1,'{"command":"+CCID","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(36,2,'modem.cellular','','iccid',NULL,'{"excerpt":"3839393939303130303030303030303030303133","frame":null,"length":20,"path":"","place":41,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(37,2,'tracker.command','','AT+CCID',NULL,'{"excerpt":"41542b434349440a5b30313a33383a33323a3333395d202b434349443a2038393939393031303030303030303030303031330a5b30313a33383a33323a3333395d204f4b","frame":null,"length":68,"path":"","place":43,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(38,2,'at.command','','AT+CREG?',NULL,'{"excerpt":"41542b435245473f","frame":null,"length":8,"path":"","place":44,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(39,2,'modem.cellular','','+CREG',NULL,'{"excerpt":"2b435245473a20302c31","frame":null,"length":10,"path":"","place":45,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(40,2,'at.answer','','+CREG: 0,1',NULL,'{"excerpt":"2b435245473a20302c31","frame":null,"length":10,"path":"","place":45,"time":null}',1,'{"command":"+CREG","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(41,2,'tracker.command','','AT+CREG?',NULL,'{"excerpt":"41542b435245473f0a5b30313a33383a33323a3436305d202b435245473a20302c310a5b30313a33383a33323a3436305d204f4b","frame":null,"length":52,"path":"","place":46,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(42,2,'at.command','','AT+COPS?',NULL,'{"excerpt":"41542b434f50533f","frame":null,"length":8,"path":"","place":47,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(43,2,'operator','','Test PLMN 1-1',NULL,'{"excerpt":"2b434f50533a20302c302c225465737420504c4d4e20312d31222c37","frame":null,"length":28,"path":"","place":48,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(44,2,'at.answer','','+COPS: 0,0,"Test PLMN 1-1",7',NULL,'{"excerpt":"2b434f50533a20302c302c225465737420504c4d4e20312d31222c37","frame":null,"length":28,"path":"","place":48,"time":null}',1,'{"command":"+COPS","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(45,2,'tracker.command','','AT+COPS?',NULL,'{"excerpt":"41542b434f50533f0a5b30313a33383a33323a3538315d202b434f50533a20302c302c225465737420504c4d4e20312d31222c370a5b30313a33383a33323a3538315d204f4b","frame":null,"length":70,"path":"","place":49,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(46,2,'at.command','','AT+QGPS=1',NULL,'{"excerpt":"41542b514750533d31","frame":null,"length":9,"path":"","place":50,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(47,2,'tracker.command','','AT+QGPS=1',NULL,'{"excerpt":"41542b514750533d310a5b30313a33383a33323a3730325d204f4b","frame":null,"length":27,"path":"","place":51,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(48,2,'at.command','','AT+QGPSLOC=0',NULL,'{"excerpt":"41542b514750534c4f433d30","frame":null,"length":12,"path":"","place":52,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(49,2,'at.answer','','+QGPSLOC: 013832.000,5412.8742N,06431.9308W,0.8,520.3,3,000.00,0.0,0.0,221126,09',NULL,'{"excerpt":"2b514750534c4f433a203031333833322e3030302c353431322e383734324e2c30363433312e39333038572c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c3039","frame":null,"length":80,"path":"","place":18,"time":null}',1,'{"command":"+QGPSLOC","direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(50,2,'dialect','','at',NULL,'{"excerpt":"41542b514750534c4f433d300a5b30313a33383a33323a3832335d202b514750534c4f433a203031333833322e3030302c353431322e383734324e2c30363433312e39333038572c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c30390a5b30313a33383a33323a3832335d204f4b","frame":null,"length":126,"path":"","place":53,"time":null}',2,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(51,2,'tracker.command','','AT+QGPSLOC=0',NULL,'{"excerpt":"41542b514750534c4f433d300a5b30313a33383a33323a3832335d202b514750534c4f433a203031333833322e3030302c353431322e383734324e2c30363433312e39333038572c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c30390a5b30313a33383a33323a3832335d204f4b","frame":null,"length":126,"path":"","place":53,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(52,2,'at.command','','AT+QGPSLOC=2',NULL,'{"excerpt":"41542b514750534c4f433d32","frame":null,"length":12,"path":"","place":54,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(53,2,'tracker.command','','AT+QGPSLOC=2',NULL,'{"excerpt":"41542b514750534c4f433d320a5b30313a33383a33323a3934335d202b514750534c4f433a203031333833322e3030302c35342e32313435372c2d36342e35333231382c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c30390a5b30313a33383a33323a3934335d204f4b","frame":null,"length":122,"path":"","place":55,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(54,2,'at.command','','AT+QGPSLOC=9',NULL,'{"excerpt":"41542b514750534c4f433d39","frame":null,"length":12,"path":"","place":56,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(55,2,'tracker.command','','AT+QGPSLOC=9',NULL,'{"excerpt":"41542b514750534c4f433d390a5b30313a33383a33333a3036345d202b434d45204552524f523a203538","frame":null,"length":42,"path":"","place":57,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(56,2,'at.command','','AT+QGPSEND',NULL,'{"excerpt":"41542b51475053454e44","frame":null,"length":10,"path":"","place":58,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(57,2,'tracker.command','','AT+QGPSEND',NULL,'{"excerpt":"41542b51475053454e440a5b30313a33383a33333a3138355d204f4b","frame":null,"length":28,"path":"","place":59,"time":null}',1,'{"direction":"local","protocol":"at"}');
INSERT INTO "observations" VALUES(58,2,'text','','EC25EFAR06A06M4G',NULL,'{"excerpt":"454332354546415230364130364d3447","frame":null,"length":16,"path":"","place":22,"time":null}',2,'{"confidence":"likely","identifies":"module","product":"EC25","signature":"quectel","vendor":"Quectel","version":"EC25EFAR06A06M4G","weak":false}');
INSERT INTO "observations" VALUES(59,2,'text','','AT+QGPS',NULL,'{"excerpt":"41542b51475053","frame":null,"length":7,"path":"","place":60,"time":null}',1,'{"confidence":"possible","identifies":"host","product":"driver for Quectel modules","signature":"drives-quectel","vendor":"Quectel","version":"","weak":true}');
INSERT INTO "observations" VALUES(60,2,'text','','AT+QGPSLOC',NULL,'{"excerpt":"41542b514750534c4f43","frame":null,"length":10,"path":"","place":61,"time":null}',3,'{"confidence":"possible","identifies":"host","product":"driver for Quectel modules","signature":"drives-quectel","vendor":"Quectel","version":"","weak":true}');
INSERT INTO "observations" VALUES(61,2,'text','',' +QGPSLOC',NULL,'{"excerpt":"202b514750534c4f43","frame":null,"length":9,"path":"","place":62,"time":null}',2,'{"confidence":"possible","identifies":"module","product":"","signature":"quectel","vendor":"Quectel","version":"","weak":true}');
INSERT INTO "observations" VALUES(62,2,'text','','AT+QGPSEND',NULL,'{"excerpt":"41542b51475053454e44","frame":null,"length":10,"path":"","place":58,"time":null}',1,'{"confidence":"possible","identifies":"host","product":"driver for Quectel modules","signature":"drives-quectel","vendor":"Quectel","version":"","weak":true}');
INSERT INTO "observations" VALUES(63,3,'file.host','path:etc/tracker.conf','gps.tracker-cloud.example',NULL,'{"excerpt":"6770732e747261636b65722d636c6f75642e6578616d706c65","frame":null,"length":25,"path":"etc/tracker.conf","place":63,"time":null}',1,'{"host":"gps.tracker-cloud.example","inactive":false,"key":"server"}');
INSERT INTO "observations" VALUES(64,3,'key.private','path:etc/ssl/unit.pem','a050837d85070582ccf7394b0988847cc312cb88259b894899f6f239cf1791a5',NULL,'{"excerpt":"2d2d2d2d2d424547494e2050524956415445204b45592d2d2d2d2d0a","frame":null,"length":28,"path":"etc/ssl/unit.pem","place":64,"time":null}',1,'{"algorithm":"Ed25519","bits":0,"encrypted":false,"form":"PRIVATE KEY"}');
INSERT INTO "observations" VALUES(65,4,'file.host','path:etc/tracker.conf','gps.tracker-cloud.example',NULL,'{"excerpt":"6770732e747261636b65722d636c6f75642e6578616d706c65","frame":null,"length":25,"path":"etc/tracker.conf","place":67,"time":null}',1,'{"host":"gps.tracker-cloud.example","inactive":false,"key":"server"}');
INSERT INTO "observations" VALUES(66,4,'key.private','path:etc/ssl/unit.pem','a050837d85070582ccf7394b0988847cc312cb88259b894899f6f239cf1791a5',NULL,'{"excerpt":"2d2d2d2d2d424547494e2050524956415445204b45592d2d2d2d2d0a","frame":null,"length":28,"path":"etc/ssl/unit.pem","place":68,"time":null}',1,'{"algorithm":"Ed25519","bits":0,"encrypted":false,"form":"PRIVATE KEY"}');
CREATE TABLE "places" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "parent" INTEGER,
   "operation" TEXT
);
INSERT INTO "places" VALUES(1,1,NULL,'{"type":"cut","spans":[[1446,36]],"frames":[15]}');
INSERT INTO "places" VALUES(2,1,NULL,'{"type":"cut","spans":[[1934,36]],"frames":[21]}');
INSERT INTO "places" VALUES(3,1,NULL,'{"type":"cut","spans":[[2134,36]],"frames":[23]}');
INSERT INTO "places" VALUES(4,1,NULL,'{"type":"cut","spans":[[2420,36]],"frames":[26]}');
INSERT INTO "places" VALUES(5,1,NULL,'{"type":"cut","spans":[[3089,36]],"frames":[34]}');
INSERT INTO "places" VALUES(6,1,NULL,'{"type":"cut","spans":[[3289,36]],"frames":[36]}');
INSERT INTO "places" VALUES(7,1,NULL,'{"type":"cut","spans":[[3575,36]],"frames":[39]}');
INSERT INTO "places" VALUES(8,1,NULL,'{"type":"cut","spans":[[3891,36]],"frames":[43]}');
INSERT INTO "places" VALUES(9,1,NULL,'{"type":"cut","spans":[[4444,36]],"frames":[49]}');
INSERT INTO "places" VALUES(10,1,NULL,'{"type":"cut","spans":[[4644,36]],"frames":[51]}');
INSERT INTO "places" VALUES(11,1,NULL,'{"type":"cut","spans":[[4844,36]],"frames":[53]}');
INSERT INTO "places" VALUES(12,1,NULL,'{"type":"cut","spans":[[5044,36]],"frames":[55]}');
INSERT INTO "places" VALUES(13,1,NULL,'{"type":"cut","spans":[[384,43],[602,21]],"frames":[4,6]}');
INSERT INTO "places" VALUES(14,1,NULL,'{"type":"cut","spans":[[396,31]],"frames":[4]}');
INSERT INTO "places" VALUES(15,1,NULL,'{"type":"cut","spans":[[528,16]],"frames":[5]}');
INSERT INTO "places" VALUES(16,1,NULL,'{"type":"cut","spans":[[1090,18]],"frames":[11]}');
INSERT INTO "places" VALUES(17,1,NULL,'{"type":"cut","spans":[[1634,16],[1836,16],[2322,16],[3477,16]],"frames":[17,20,25,38]}');
INSERT INTO "places" VALUES(18,2,NULL,'{"type":"cut","spans":[[823,80]],"frames":[]}');
INSERT INTO "places" VALUES(19,2,NULL,'{"type":"cut","spans":[[965,76]],"frames":[]}');
INSERT INTO "places" VALUES(20,2,NULL,'{"type":"cut","spans":[[15,20]],"frames":[]}');
INSERT INTO "places" VALUES(21,2,NULL,'{"type":"cut","spans":[[51,3]],"frames":[]}');
INSERT INTO "places" VALUES(22,2,NULL,'{"type":"cut","spans":[[123,16]],"frames":[]}');
INSERT INTO "places" VALUES(23,2,NULL,'{"type":"cut","spans":[[113,26]],"frames":[]}');
INSERT INTO "places" VALUES(24,2,NULL,'{"type":"cut","spans":[[70,7]],"frames":[]}');
INSERT INTO "places" VALUES(25,2,NULL,'{"type":"cut","spans":[[93,4]],"frames":[]}');
INSERT INTO "places" VALUES(26,2,NULL,'{"type":"cut","spans":[[51,106]],"frames":[]}');
INSERT INTO "places" VALUES(27,2,NULL,'{"type":"cut","spans":[[173,7]],"frames":[]}');
INSERT INTO "places" VALUES(28,2,NULL,'{"type":"cut","spans":[[173,48]],"frames":[]}');
INSERT INTO "places" VALUES(29,2,NULL,'{"type":"cut","spans":[[237,7]],"frames":[]}');
INSERT INTO "places" VALUES(30,2,NULL,'{"type":"cut","spans":[[237,45]],"frames":[]}');
INSERT INTO "places" VALUES(31,2,NULL,'{"type":"cut","spans":[[298,7]],"frames":[]}');
INSERT INTO "places" VALUES(32,2,NULL,'{"type":"cut","spans":[[321,16]],"frames":[]}');
INSERT INTO "places" VALUES(33,2,NULL,'{"type":"cut","spans":[[298,57]],"frames":[]}');
INSERT INTO "places" VALUES(34,2,NULL,'{"type":"cut","spans":[[371,6]],"frames":[]}');
INSERT INTO "places" VALUES(35,2,NULL,'{"type":"cut","spans":[[393,15]],"frames":[]}');
INSERT INTO "places" VALUES(36,2,NULL,'{"type":"cut","spans":[[371,55]],"frames":[]}');
INSERT INTO "places" VALUES(37,2,NULL,'{"type":"cut","spans":[[442,7]],"frames":[]}');
INSERT INTO "places" VALUES(38,2,NULL,'{"type":"cut","spans":[[465,15]],"frames":[]}');
INSERT INTO "places" VALUES(39,2,NULL,'{"type":"cut","spans":[[442,56]],"frames":[]}');
INSERT INTO "places" VALUES(40,2,NULL,'{"type":"cut","spans":[[514,7]],"frames":[]}');
INSERT INTO "places" VALUES(41,2,NULL,'{"type":"cut","spans":[[544,20]],"frames":[]}');
INSERT INTO "places" VALUES(42,2,NULL,'{"type":"cut","spans":[[537,27]],"frames":[]}');
INSERT INTO "places" VALUES(43,2,NULL,'{"type":"cut","spans":[[514,68]],"frames":[]}');
INSERT INTO "places" VALUES(44,2,NULL,'{"type":"cut","spans":[[598,8]],"frames":[]}');
INSERT INTO "places" VALUES(45,2,NULL,'{"type":"cut","spans":[[622,10]],"frames":[]}');
INSERT INTO "places" VALUES(46,2,NULL,'{"type":"cut","spans":[[598,52]],"frames":[]}');
INSERT INTO "places" VALUES(47,2,NULL,'{"type":"cut","spans":[[666,8]],"frames":[]}');
INSERT INTO "places" VALUES(48,2,NULL,'{"type":"cut","spans":[[690,28]],"frames":[]}');
INSERT INTO "places" VALUES(49,2,NULL,'{"type":"cut","spans":[[666,70]],"frames":[]}');
INSERT INTO "places" VALUES(50,2,NULL,'{"type":"cut","spans":[[752,9]],"frames":[]}');
INSERT INTO "places" VALUES(51,2,NULL,'{"type":"cut","spans":[[752,27]],"frames":[]}');
INSERT INTO "places" VALUES(52,2,NULL,'{"type":"cut","spans":[[795,12]],"frames":[]}');
INSERT INTO "places" VALUES(53,2,NULL,'{"type":"cut","spans":[[795,126]],"frames":[]}');
INSERT INTO "places" VALUES(54,2,NULL,'{"type":"cut","spans":[[937,12]],"frames":[]}');
INSERT INTO "places" VALUES(55,2,NULL,'{"type":"cut","spans":[[937,122]],"frames":[]}');
INSERT INTO "places" VALUES(56,2,NULL,'{"type":"cut","spans":[[1075,12]],"frames":[]}');
INSERT INTO "places" VALUES(57,2,NULL,'{"type":"cut","spans":[[1075,42]],"frames":[]}');
INSERT INTO "places" VALUES(58,2,NULL,'{"type":"cut","spans":[[1133,10]],"frames":[]}');
INSERT INTO "places" VALUES(59,2,NULL,'{"type":"cut","spans":[[1133,28]],"frames":[]}');
INSERT INTO "places" VALUES(60,2,NULL,'{"type":"cut","spans":[[752,7]],"frames":[]}');
INSERT INTO "places" VALUES(61,2,NULL,'{"type":"cut","spans":[[795,10]],"frames":[]}');
INSERT INTO "places" VALUES(62,2,NULL,'{"type":"cut","spans":[[822,9]],"frames":[]}');
INSERT INTO "places" VALUES(63,3,NULL,'{"type":"cut","spans":[[519,25]],"frames":[]}');
INSERT INTO "places" VALUES(64,3,NULL,'{"type":"cut","spans":[[1536,28]],"frames":[]}');
INSERT INTO "places" VALUES(65,1,NULL,'{"type":"cut","spans":[[1024,64]],"frames":[11]}');
INSERT INTO "places" VALUES(66,1,NULL,'{"type":"cut","spans":[[4978,64]],"frames":[55]}');
INSERT INTO "places" VALUES(67,4,NULL,'{"type":"cut","spans":[[519,25]],"frames":[]}');
INSERT INTO "places" VALUES(68,4,NULL,'{"type":"cut","spans":[[1536,28]],"frames":[]}');
CREATE TABLE "positions" (
   "id" INTEGER PRIMARY KEY,
   "source_id" INTEGER,
   "asset" TEXT,
   "flow_id" INTEGER,
   "frame" INTEGER,
   "time" TEXT,
   "latitude" REAL,
   "longitude" REAL,
   "valid" INTEGER,
   "dialect" TEXT,
   "reported_id" TEXT,
   "method" TEXT,
   "direction" TEXT,
   "server" TEXT,
   "server_port" INTEGER,
   "checksum" TEXT,
   "place_id" INTEGER,
   "client" TEXT,
   "server_name" TEXT,
   "transport" TEXT,
   "confidence" TEXT,
   "doubts" TEXT,
   "facts" TEXT,
   "evidence" TEXT
);
INSERT INTO "positions" VALUES(1,1,'Van 20',2,15,'2026-11-22T01:38:34.000000Z',-46.83127,-68.91945,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',1,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012622c90506425e0764ede22a193e0001011234005678000253f30d0a","frame":15,"length":36,"path":"","place":1,"time":1795311514876015}');
INSERT INTO "positions" VALUES(2,1,'Van 20',2,21,'2026-11-22T01:38:44.000000Z',-4.68304372222222227168e+01,-6.89202827777777713444e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',2,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b1601262cc905063c830764f3bd2a193e00010112340056780003b0fb0d0a","frame":21,"length":36,"path":"","place":2,"time":1795311524876247}');
INSERT INTO "positions" VALUES(3,1,'Van 20',2,23,'2026-11-22T01:38:54.000000Z',-4.68296038888888901388e+01,-6.89211161111111181298e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',3,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012636c9050636a70764f9992a193e0001011234005678000470dc0d0a","frame":23,"length":36,"path":"","place":3,"time":1795311534876255}');
INSERT INTO "positions" VALUES(4,1,'Van 20',2,26,'2026-11-22T01:39:04.000000Z',-4.68287711111111093487e+01,-6.89219488888888918163e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',4,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012704c9050630cc0764ff742a193e000101123400567800055d8a0d0a","frame":26,"length":36,"path":"","place":4,"time":1795311544876234}');
INSERT INTO "positions" VALUES(5,1,'Van 20',2,34,'2026-11-22T01:39:14.000000Z',-4.6827937777777776775e+01,-6.89227822222222243899e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',5,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b1601270ec905062af0076505502a193e00010112340056780007a63b0d0a","frame":34,"length":36,"path":"","place":5,"time":1795311554876290}');
INSERT INTO "positions" VALUES(6,1,'Van 20',2,36,'2026-11-22T01:39:24.000000Z',-46.827105,-68.923615,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',6,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012718c90506251507650b2b2a193e00010112340056780008e9130d0a","frame":36,"length":36,"path":"","place":6,"time":1795311564876182}');
INSERT INTO "positions" VALUES(7,1,'Van 20',2,39,'2026-11-22T01:39:34.000000Z',-4.68262722222222222984e+01,-6.89244477777777717628e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',7,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012722c905061f3a076511062a193e00010112340056780009b5220d0a","frame":39,"length":36,"path":"","place":7,"time":1795311574876210}');
INSERT INTO "positions" VALUES(8,1,'Van 20',2,43,'2026-11-22T01:39:44.000000Z',-4.68254388888888897204e+01,-68.9252811111111,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',8,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b1601272cc90506195e076516e22a193e0001011234005678000a096a0d0a","frame":43,"length":36,"path":"","place":8,"time":1795311584879785}');
INSERT INTO "positions" VALUES(9,1,'Van 20',2,49,'2026-11-22T01:39:54.000000Z',-4.68246061111111089303e+01,-6.89261138888888922346e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',9,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012736c90506138307651cbd2a193e0001011234005678000cdeb60d0a","frame":49,"length":36,"path":"","place":9,"time":1795311594876247}');
INSERT INTO "positions" VALUES(10,1,'Van 20',2,51,'2026-11-22T01:40:04.000000Z',-4.68237727777777763566e+01,-6.89269472222222248083e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',10,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012804c905060da7076522992a193e0001011234005678000d01ce0d0a","frame":51,"length":36,"path":"","place":10,"time":1795311604876185}');
INSERT INTO "positions" VALUES(11,1,'Van 20',2,53,'2026-11-22T01:40:14.000000Z',-46.82294,-68.92778,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',11,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b1601280ec9050607cc076528742a193e0001011234005678000ec83a0d0a","frame":53,"length":36,"path":"","place":11,"time":1795311614883366}');
INSERT INTO "positions" VALUES(12,1,'Van 20',2,55,'2026-11-22T01:40:24.000000Z',-4.68221072222222218801e+01,-6.89286127777777721812e+01,1,'gt06','860000000000033','decoded','up','203.0.113.30',7018,'ok',12,'192.0.2.10','gps.tracker-cloud.example','tcp','certain','[]','{"course":318,"speed":42}','{"excerpt":"78781f121a0b16012818c9050601f107652e4f2a193e0001011234005678000f12f40d0a","frame":55,"length":36,"path":"","place":12,"time":1795311624876151}');
INSERT INTO "positions" VALUES(13,2,'Van 20',NULL,NULL,'2026-11-22T01:38:32.000000Z',54.21457,-64.53218,1,'at','','decoded','local','',NULL,'none',18,'','','text','likely','[]','{"altitude":520.3,"speed":0.0}','{"excerpt":"2b514750534c4f433a203031333833322e3030302c353431322e383734324e2c30363433312e39333038572c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c3039","frame":null,"length":80,"path":"","place":18,"time":null}');
INSERT INTO "positions" VALUES(14,2,'Van 20',NULL,NULL,'2026-11-22T01:38:32.000000Z',54.21457,-64.53218,1,'at','','decoded','local','',NULL,'none',19,'','','text','likely','[]','{"altitude":520.3,"speed":0.0}','{"excerpt":"2b514750534c4f433a203031333833322e3030302c35342e32313435372c2d36342e35333231382c302e382c3532302e332c332c3030302e30302c302e302c302e302c3232313132362c3039","frame":null,"length":76,"path":"","place":19,"time":null}');
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "started" TEXT,
   "finished" TEXT,
   "version" TEXT,
   "signatures_version" TEXT,
   "arguments" TEXT
);
INSERT INTO "runs" VALUES(1,'2026-11-22T00:00:00.000000Z','2026-11-22T05:03:17.155608Z','0.1.0','f50110f0f9f6','SOURCES');
INSERT INTO "runs" VALUES(2,'2026-11-22T00:00:00.000000Z','2026-11-22T05:03:18.002712Z','0.1.0','f50110f0f9f6','SOURCES/update.tar');
CREATE TABLE "sources" (
   "id" INTEGER PRIMARY KEY,
   "run_id" INTEGER,
   "options_hash" TEXT,
   "sha256" TEXT,
   "path" TEXT,
   "asset" TEXT,
   "vantage" TEXT,
   "kind" TEXT,
   "format" TEXT,
   "bytes" INTEGER,
   "packets" INTEGER,
   "link_types" TEXT,
   "first_seen" TEXT,
   "last_seen" TEXT,
   "complete" INTEGER,
   "damage" TEXT,
   "status" TEXT,
   "seconds" REAL,
   "version" TEXT,
   "signatures_version" TEXT,
   "reason" TEXT
);
INSERT INTO "sources" VALUES(1,1,'b96664dd0caa5077','6d26de4e5dcc84952d0cba02d4a4eb7f6209e89f7b6c22b98404a66f38174daf','SOURCES/gt06-tracker.pcap','Van 20','lan','capture','pcap',5761,63,'{"ether":63}','2026-11-22T01:38:34.423643Z','2026-11-22T01:40:26.277085Z',1,'[]','ok',0.0,'0.1.0','f50110f0f9f6','');
INSERT INTO "sources" VALUES(2,1,'b96664dd0caa5077','960f6b86b928a4ca73f43614b9f80870e9fc1ebbc8ec0bf6d44a3b53a3cfc106','SOURCES/ttyUSB2-at.log','Van 20','uart','log','at',1162,0,'{}',NULL,NULL,1,'[]','ok',0.0,'0.1.0','f50110f0f9f6','');
INSERT INTO "sources" VALUES(3,1,'b96664dd0caa5077','5289f3ab0fdcd1de446501d9048a2e8455bc925d0eabf8e02d44b41d816d860e','SOURCES/update.tar','Van 20','other','firmware','tar',10240,0,'{}',NULL,NULL,1,'[]','ok',0.0,'0.1.0','f50110f0f9f6','');
INSERT INTO "sources" VALUES(4,2,'e3ebc4248d5c5163','5289f3ab0fdcd1de446501d9048a2e8455bc925d0eabf8e02d44b41d816d860e','SOURCES/update.tar','Van 21','other','firmware','tar',10240,0,'{}',NULL,NULL,1,'[]','ok',0.0,'0.1.0','f50110f0f9f6','');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX "idx_assets_name"
    ON "assets" ("name");
CREATE UNIQUE INDEX "idx_detectors_name"
    ON "detectors" ("name");
CREATE INDEX "idx_sources_sha256"
    ON "sources" ("sha256");
CREATE INDEX "idx_sources_asset"
    ON "sources" ("asset");
CREATE INDEX "idx_flows_source_id"
    ON "flows" ("source_id");
CREATE INDEX "idx_contacts_source_id"
    ON "contacts" ("source_id");
CREATE INDEX "idx_positions_source_id"
    ON "positions" ("source_id");
CREATE INDEX "idx_positions_asset"
    ON "positions" ("asset");
CREATE INDEX "idx_artefacts_source_id"
    ON "artefacts" ("source_id");
CREATE INDEX "idx_places_source_id"
    ON "places" ("source_id");
CREATE INDEX "idx_observations_source_id"
    ON "observations" ("source_id");
CREATE INDEX "idx_coverage_source_id"
    ON "coverage" ("source_id");
CREATE INDEX "idx_findings_asset"
    ON "findings" ("asset");
CREATE INDEX "idx_findings_fingerprint"
    ON "findings" ("fingerprint");
CREATE INDEX "idx_evidence_finding_id"
    ON "evidence" ("finding_id");
CREATE INDEX "idx_finding_positions_finding_id"
    ON "finding_positions" ("finding_id");
CREATE INDEX "idx_modules_asset"
    ON "modules" ("asset");
CREATE INDEX "idx_beacons_asset"
    ON "beacons" ("asset");
CREATE INDEX "idx_endpoints_asset"
    ON "endpoints" ("asset");
CREATE INDEX "idx_changes_asset"
    ON "changes" ("asset");
COMMIT;
