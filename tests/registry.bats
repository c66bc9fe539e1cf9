# shellcheck disable=SC2030,SC2031,SC2094,SC2119,SC2120,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# formats-up's own stays where it is
	export WEIR_FORMATS_HOME=${WEIR_FORMATS_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/weir-formats}
	export XDG_CACHE_HOME=$PWD/cache
	unset WEIR_REGISTRY
	mkfifo addr
	kmock -t a -t b -t c >addr 3>&- &
	pids=$!
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
}

teardown() {
	# shellcheck disable=SC2086 # several
	kill $pids 2>/dev/null || true
}

# registry [OPTION ...] - sets url, and server to its pid
registry() {
	rm -f url
	mkfifo url
	"$BATS_TEST_DIRNAME/registry" -l requests "$@" >url 2>registry.log 3>&- &
	server=$!
	pids="$pids $server"
	read -r url <url
}

stream() { feed "$@" '#end'; }

# sent OPTION ... - a record with time 1000, k and v, to topic a
sent() { stream '#fields t k v:int' '1000 x 5' | kout -t a -s avro "$@"; }

# got OPTION ... - the first record of topic a
got() { kcat-in -t a -e -w 0s,1h -s avro "$@"; }

# payloads TOPIC - in hex
payloads() { kcat -C -b "$WEIR_BROKERS" -t "$1" -e -q -f '%s' | od -An -tx1 | tr -d ' \n'; }

@test "registry: kout registers a schema once and frames, kcat-in gets it by its id once" {
	registry
	run --separate-stderr sent -X "schema.registry.url=$url"
	fine
	run --separate-stderr sent -X "schema.registry.url=$url/"
	fine
	[ "$(payloads a)" = "00000000010202780""20a""00000000010202780""20a" ]
	run --separate-stderr -0 got -X "schema.registry.url=$url"
	is '#fields time k v:int' '1000 x 5' '#watermark 1000' '1000 x 5' '#end'
	[ "$(cat requests)" = "POST /subjects/a-value/versions
POST /subjects/a-value/versions
GET /schemas/ids/1" ]
	# from now on the cache knows it
	kill "$server"
	wait "$server" 2>/dev/null || true
	run --separate-stderr -0 got -X "schema.registry.url=$url" -f v:float,none
	is '#fields time v:float none' '1000 5 \N' '#watermark 1000' '1000 5 \N' '#end'
	[ "$(stat -c %a "$XDG_CACHE_HOME/weir/registry")" = 700 ]
}

@test "registry: WEIR_REGISTRY, keys of several columns have a subject of their own" {
	registry
	export WEIR_REGISTRY=$url
	run --separate-stderr sent -k k,v
	fine
	[ "$(kcat -C -b "$WEIR_BROKERS" -t a -e -q -f '%k' | od -An -tx1 | tr -d ' \n')" = 00000000010202780""20a ]
	[ "$(sort requests)" = "POST /subjects/a-key/versions
POST /subjects/a-value/versions" ]
}

@test "registry: writers of several schemas, read as the first or as the one given" {
	registry
	export WEIR_REGISTRY=$url
	sent
	stream '#fields t v:float n' '2000 1.5 z' | kout -t a -s avro
	run --separate-stderr -1 got
	[ "${stderr_lines[0]}" = "kcat-in: topic a partition 0 offset 1: schema id 2: the writer's double is in no branch of the reader's union" ]
	run --separate-stderr -0 got -f k,v:float,n
	is '#fields time k v:float n' '1000 x 5 \N' '#watermark 1000' '2000 \N 1.5 z' '#end'
	cat >r.avsc <<-'EOS'
		{"type":"record","name":"Record","fields":[{"name":"n","type":["null","string"],"default":null},
		{"name":"v","type":["null","double"]}]}
	EOS
	run --separate-stderr -0 kcat-in -t a -e -w 0s,1h -s avro:r.avsc
	is '#fields time n v:float' '1000 \N 5' '#watermark 1000' '2000 z 1.5' '#end'
}

@test "registry: auto.register.schemas=false, use.latest.version=true" {
	registry
	export WEIR_REGISTRY=$url
	run --separate-stderr -1 sent -X auto.register.schemas=false
	[ "$stderr" = "kout: subject a-value: the registry $url answers 404: Subject 'a-value' not found." ]
	run --separate-stderr -1 sent -X use.latest.version=true
	[ "$stderr" = "kout: subject a-value: the registry $url answers 404: Subject 'a-value' not found." ]
	python3 - "$url" <<-'PY'
		import json, sys, urllib.request
		s = {"type": "record", "name": "Own", "namespace": "x", "fields": [
		    {"name": "v", "type": "int"}, {"name": "extra", "type": "string", "default": "d"}]}
		urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/subjects/a-value/versions",
		    json.dumps({"schema": json.dumps(s)}).encode(),
		    {"Content-Type": "application/vnd.schemaregistry.v1+json"}))
	PY
	: >requests
	run --separate-stderr sent -X use.latest.version=true -f v
	fine
	[ "$(cat requests)" = "GET /subjects/a-value/versions/latest" ]
	run --separate-stderr -0 got
	is '#fields time v:int extra' '1000 5 d' '#watermark 1000' '#end'
	run --separate-stderr -2 sent -X use.latest.version=yes
	[ "$stderr" = "kout: -X: use.latest.version: true or false is wanted" ]
}

@test "registry: an incompatible schema is refused by name" {
	registry -v
	export WEIR_REGISTRY=$url
	sent
	run --separate-stderr -1 sent -f v
	[ "$stderr" = "kout: subject a-value: the registry $url answers 409: Schema being registered is incompatible with an earlier schema for subject \"a-value\": no field k" ]
}

@test "registry: a message that is not framed, an id that is not there, a datum that is cut off" {
	registry
	export WEIR_REGISTRY=$url
	sent
	printf 'plain' | kcat -P -b "$WEIR_BROKERS" -t a
	printf '\0\0\0\0\x07x' | kcat -P -b "$WEIR_BROKERS" -t a
	printf '\0\0\0\0\x07y' | kcat -P -b "$WEIR_BROKERS" -t a
	printf '\0\0\0\0\x01\x02\x7ex' | kcat -P -b "$WEIR_BROKERS" -t a
	printf '\0\0\0\0\x01\x02\x02x\0more' | kcat -P -b "$WEIR_BROKERS" -t a
	run --separate-stderr -1 got
	[ "${stderr_lines[0]}" = "kcat-in: topic a partition 0 offset 1: no zero byte and schema id in front" ]
	run --separate-stderr -0 got -D dead
	[ "$(grep -c ^1000 <<<"$output")" = 1 ]
	[ "$stderr" = "kcat-in: 5 bad records written to dead" ]
	run -0 python3 -c '
import json
for x in open("dead"): print(json.loads(x)["offset"], json.loads(x)["reason"])'
	[ "$output" = "1 no zero byte and schema id in front
2 schema id 7: the registry $url answers 404: Schema 7 not found
3 schema id 7: the registry has no such schema
4 schema id 1: the datum is cut off
5 schema id 1: 4 bytes are left behind the datum" ]
	[ "$(grep -c ids/7 requests)" = 1 ]
}

@test "registry: one that is away or busy is tried again, and then temporary" {
	registry -f 2
	run --separate-stderr sent -X "schema.registry.url=$url"
	fine
	[ "$(grep -c POST requests)" = 3 ]
	registry -f 9
	run --separate-stderr -111 sent -X "schema.registry.url=$url"
	[ "$stderr" = "kout: subject a-value: the registry $url answers 503: not now" ]
	kill "$server"
	wait "$server" 2>/dev/null || true
	run --separate-stderr -111 got -D dead -X "schema.registry.url=$url"
	[[ $stderr == "kcat-in: topic a partition 0 offset 0: schema id 1: the registry $url: "*[Cc]"onnect"* ]]
	[ ! -s dead ]
	# the second one answers
	dead=$url
	registry
	run --separate-stderr sent -X "schema.registry.url=$dead,$url"
	fine
}

@test "registry: a slow one runs into the timeout" {
	registry -d 5
	run --separate-stderr -111 sent -X "schema.registry.url=$url" -X schema.registry.request.timeout.ms=100
	[[ $stderr == "kout: subject a-value: the registry $url: "*"timed out after "* ]]
	run --separate-stderr -2 sent -X schema.registry.request.timeout.ms=soon
	[ "$stderr" = "kout: -X: schema.registry.request.timeout.ms: not a number of ms" ]
	run --separate-stderr -2 sent -X schema.registry.colour=red
	[ "$stderr" = "kout: -X: schema.registry.colour: no such property of a registry" ]
}

@test "registry: basic authentication, in the properties and in the URL" {
	registry -u jo:se:cret
	run --separate-stderr -1 sent -X "schema.registry.url=$url"
	[ "$stderr" = "kout: subject a-value: the registry $url answers 401: Unauthorized" ]
	run --separate-stderr sent -X "schema.registry.url=$url" -X schema.registry.basic.auth.user.info=jo:se:cret
	fine
	run --separate-stderr -1 got -X "schema.registry.url=http://jo:no@${url#http://}"
	[ "${stderr_lines[0]}" = "kcat-in: topic a partition 0 offset 0: schema id 1: the registry $url answers 401: Unauthorized" ]
	run --separate-stderr -0 got -X "schema.registry.url=http://jo:se%3Acret@${url#http://}"
	[ "${lines[0]}" = $'#fields\ttime\tk\tv:int' ]
}

@test "registry: TLS is checked against the certificates named" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost 2>/dev/null
	registry -t cert.pem,key.pem
	run --separate-stderr -1 sent -X "schema.registry.url=$url"
	[[ $stderr == "kout: subject a-value: the registry $url: SSL certificate problem: "* ]]
	run --separate-stderr sent -X "schema.registry.url=$url" -X schema.registry.ssl.ca.location=cert.pem
	fine
	run --separate-stderr -1 sent -X "schema.registry.url=$url" -X schema.registry.ssl.ca.location=none.pem
	[[ $stderr == "kout: subject a-value: the registry $url: "*none.pem* ]]
}

@test "registry: a schema that names others" {
	registry
	python3 - "$url" <<-'PY'
		import json, sys, urllib.request
		def post(subject, schema, refs=None):
		    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + f"/subjects/{subject}/versions",
		        json.dumps({"schema": json.dumps(schema, indent=1), "references": refs or []}).encode(),
		        {"Content-Type": "application/vnd.schemaregistry.v1+json"}))
		post("city", {"type": "record", "name": "City", "fields": [{"name": "n", "type": "string"}]})
		post("home", {"type": "record", "name": "Home", "fields": [{"name": "c", "type": "City"}]},
		     [{"name": "City", "subject": "city", "version": 1}])
		post("a-value", {"type": "record", "name": "A", "fields": [
		     {"name": "h", "type": "Home"}, {"name": "o", "type": "City"}]},
		     [{"name": "Home", "subject": "home", "version": 1}, {"name": "City", "subject": "city", "version": 1}])
	PY
	printf '\0\0\0\0\x03\x02x\x02y' | kcat -P -b "$WEIR_BROKERS" -t a
	for _ in 1 2; do	# from the registry, from the cache
		run --separate-stderr -0 kcat-in -t a -e -s avro -T @now -f x=h.c.n,y=o.n -X "schema.registry.url=$url"
		[ "$(grep -v '^#' <<<"$output" | cut -f 2-)" = $'x\ty' ]
	done
	[ "$(grep -c GET requests)" = 3 ]
}

@test "registry: without one, messages are bare data of the schema given" {
	echo '{"type":"record","name":"R","fields":[{"name":"k","type":"string"},{"name":"v","type":"long"}]}' >r.avsc
	run --separate-stderr -2 sent
	[ "$stderr" = "kout: -s avro: where are the schemas?  -X schema.registry.url=, or -s avro:FILE" ]
	run --separate-stderr -2 got
	[ "$stderr" = "kcat-in: -s avro: where are the schemas?  -X schema.registry.url=, or -s avro:FILE" ]
	run --separate-stderr kout -t a -s avro:r.avsc < <(stream '#fields t k v:int' '1000 x 5')
	fine
	[ "$(payloads a)" = 02780a ]
	run --separate-stderr -0 kcat-in -t a -e -s avro:r.avsc
	is '#fields time k v:int' '1000 x 5' '#watermark 1000' '#end'
	printf '\0\0\0\0\x07\x02x\x02' | kcat -P -b "$WEIR_BROKERS" -t b
	run --separate-stderr -1 kcat-in -t b -e -s avro:r.avsc
	[ "${stderr_lines[0]}" = "kcat-in: topic b partition 0 offset 0: 6 bytes are left behind the datum; it may be framed by a registry's schema id 7: -X schema.registry.url=" ]
}

@test "registry: what fastavro frames is read, what is framed fastavro reads" {
	formats
	registry
	export WEIR_REGISTRY=$url
	"$python" - "$url" <<-'PY' | kcat -P -b "$WEIR_BROKERS" -t b
		import fastavro, io, json, struct, sys, urllib.request
		s = {"type": "record", "name": "N", "fields": [{"name": "k", "type": ["null", "string"]},
		     {"name": "ts", "type": {"type": "long", "logicalType": "timestamp-millis"}},
		     {"name": "xs", "type": {"type": "array", "items": "float"}}]}
		id = json.load(urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/subjects/b-value/versions",
		    json.dumps({"schema": json.dumps(s)}).encode(),
		    {"Content-Type": "application/vnd.schemaregistry.v1+json"})))["id"]
		b = io.BytesIO()
		fastavro.schemaless_writer(b, s, {"k": "é", "ts": 1700000000123, "xs": [1.5, 0.1]})
		sys.stdout.buffer.write(struct.pack(">bI", 0, id) + b.getvalue())
	PY
	run --separate-stderr -0 kcat-in -t b -e -s avro -T ts
	is '#fields ts k xs' '1700000000123 é [1.5,0.1]' '#watermark 1700000000123' '#end'
	kcat-in -t b -e -s avro -T ts | kout -t c -s avro -f k,xs
	kcat -C -b "$WEIR_BROKERS" -t c -e -q -f %s >msg
	run --separate-stderr -0 "$python" - "$url" <<-'PY'
		import fastavro, io, json, struct, sys, urllib.request
		d = open("msg", "rb").read()
		zero, id = struct.unpack(">bI", d[:5])
		s = json.loads(json.load(urllib.request.urlopen(f"{sys.argv[1]}/schemas/ids/{id}"))["schema"])
		print(zero, fastavro.schemaless_reader(io.BytesIO(d[5:]), s))
	PY
	[ "$output" = "0 {'k': 'é', 'xs': '[1.5,0.1]'}" ]
}

@test "registry: a run goes on with the columns that it began with" {
	registry
	export WEIR_REGISTRY=$url
	sent
	run --separate-stderr -0 srun -1 -S st 'kcat-in -t a -s avro | swrite -d out'
	[ "$stderr" = "" ]
	stream '#fields t new v:int' '2000 z 6' | kout -t a -s avro
	run --separate-stderr -0 srun -1 -S st 'kcat-in -t a -s avro | swrite -d out'
	[ "$stderr" = "" ]
	[ "$(cat out/part-*)" = "1000,x,5
2000,,6" ]
}

@test "registry: libcurl is loaded when there is a registry to ask, and not before" {
	mkdir broken
	echo none >broken/libcurl.so.4
	export LD_LIBRARY_PATH=$PWD/broken
	stream '#fields t v' '1 x' | kout -t b -s line -f v
	run --separate-stderr -0 kcat-in -t b -e -s line -T @now -f v
	[[ "$output" = *"	x"* ]]
	run --separate-stderr -1 sent -X schema.registry.url=http://localhost:9
	[ "$output" = "" ]
	[[ "$stderr" = "kout: the schema registry's client: "*"libcurl.so.4"* ]]
}

@test "registry: what answers at its URL is no registry: it is named" {
	local port
	mkdir -p web/subjects/a-value/versions
	echo '<html>' >web/subjects/a-value/versions/latest
	(cd web && exec python3 -u -m http.server --bind 127.0.0.1 0) >url 2>web.log 3>&- &
	pids="$pids $!"
	until port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' url) && [ -n "$port" ]; do sleep 0.05; done
	export WEIR_REGISTRY=http://me:secret@127.0.0.1:$port
	run -1 --separate-stderr sent -X use.latest.version=true
	[ "$stderr" = "kout: subject a-value: the registry http://127.0.0.1:$port: the answer is not that of a schema registry" ]
	echo '{}' >web/subjects/a-value/versions/latest
	run -1 --separate-stderr sent -X use.latest.version=true
	[ "$stderr" = "kout: subject a-value: the registry http://127.0.0.1:$port: the answer has no id" ]
	echo '{"id":1}' >web/subjects/a-value/versions/latest
	run -1 --separate-stderr sent -X use.latest.version=true
	[ "$stderr" = "kout: subject a-value: the registry http://127.0.0.1:$port: the answer has no schema" ]
}

@test "registry: confluent-kafka's serializers are read, and its deserializers read ours" {
	formats
	registry
	mkfifo other
	kmock -t avro:1 -t avro-back:1 -t proto:1 -t proto-back:1 >other 3>&- &
	pids="$pids $!"
	read -r WEIR_BROKERS <other
	WEIR_REGISTRY=$url run "$python" -W ignore "$BATS_TEST_DIRNAME/cross_confluent.py"
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" =~ ^seed\ [0-9]+$ ]]
}
