# weir: small Unix filters for event streams.  See README.md.
#
# make           build; installs nothing, names the package of a missing header
# make demo      install what is missing, build, run the main job on real input
# make check     install what is missing, build, run every test
# make bench     speed, as ratios to the peers that make bench-deps installs
# make chaos     runs under srun that are killed many hundred times; SEED=N
# make install   into $(DESTDIR)$(PREFIX)

PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man

CC = cc
CXX = c++
CFLAGS = -O2 -g
CXXFLAGS = $(CFLAGS)
WARN = -Wall -Wextra -Wshadow -Wconversion
CWARN = $(WARN) -Wstrict-prototypes
STD = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Ilib
CXXSTD = -std=c++17 -Ilib
COMPILE = $(CC) $(STD) $(CWARN) $(CPPFLAGS) $(CFLAGS)

LIB = lib/libweir.a
LIBOBJ = $(patsubst %.c,%.o,$(wildcard lib/*.c)) $(patsubst %.cc,%.o,$(wildcard lib/*.cc))
HDR = $(wildcard lib/*.h lib/*.hh)
TOOLS = $(basename $(wildcard cmd/*.c))
PROPS = $(basename $(wildcard tests/prop_*.c))
FUZZ = $(basename $(wildcard tests/fuzz_*.c))
BENCHES = $(basename $(wildcard tests/bench/*.c))

# A link list per tool: only Kafka's tools link librdkafka.  libarchive and
# libcurl are not linked but loaded when they are needed: lib/arc.c, lib/curlfn.c.
DECLIBS = -lcsv -lsimdjson -lstdc++
PACKLIBS = -llz4 -lz
# All formats.
DECALLLIBS = -lprotobuf $(DECLIBS) -lpcre2-8 -lsnappy -lz
ENCALLLIBS = -lprotobuf -lsimdjson -lsnappy -lz -lstdc++
cmd/sflat: LIBS = -lsimdjson -lstdc++
cmd/swrap: LIBS = -lcsv
cmd/sread: LIBS = $(DECALLLIBS) $(PACKLIBS)
cmd/schain: LIBS = $(DECALLLIBS) $(ENCALLLIBS) $(PACKLIBS)
cmd/kcat-in: LIBS = $(DECALLLIBS) -lrdkafka
cmd/swrite: LIBS = $(ENCALLLIBS) $(PACKLIBS)
cmd/sjoin: LIBS = -lcsv
cmd/kout: LIBS = $(ENCALLLIBS) -lrdkafka
cmd/kmock: LIBS = -lrdkafka

all: $(TOOLS)

# Header and the package that brings it.
NEED = librdkafka/rdkafka.h=librdkafka-dev csv.h=libcsv-dev simdjson.h=libsimdjson-dev \
    archive.h=libarchive-dev lz4frame.h=liblz4-dev snappy-c.h=libsnappy-dev \
    zlib.h=zlib1g-dev curl/curl.h=libcurl4-openssl-dev pcre2posix.h=libpcre2-dev \
    google/protobuf/message.h=libprotobuf-dev

headers:
	@command -v $(CC) >/dev/null || \
	    { echo 'no C compiler: apt-get install gcc g++ libc6-dev' >&2; exit 1; }
	@command -v $(CXX) >/dev/null || \
	    { echo 'no C++ compiler: apt-get install g++' >&2; exit 1; }
	@for n in $(NEED); do \
	    echo "#include <$${n%=*}>" | $(CXX) $(CXXSTD) $(CPPFLAGS) -E -x c++ -o /dev/null - 2>/dev/null || \
	    { echo "no $${n%=*}: apt-get install $${n#*=}" >&2; exit 1; }; \
	done

lib/%.o: lib/%.c $(HDR) | headers
	$(COMPILE) -c -o $@ $<

lib/%.o: lib/%.cc $(HDR) | headers
	$(CXX) $(CXXSTD) $(WARN) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

$(LIB): $(LIBOBJ)
	rm -f $@
	$(AR) rc $@ $(LIBOBJ)

cmd/%: cmd/%.c $(HDR) $(LIB)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS) -lm

# schain is the tools that it can chain, each without its main.
MEMBERS = $(patsubst %,cmd/%.member.o,saggregate sdedup sfilter sflat sgap \
    sjoin smap smatch sread sshow ssort stime swindow swrap swrite)

cmd/%.member.o: cmd/%.c $(HDR) | headers
	$(COMPILE) -Dmain=$*_main -c -o $@ $<

cmd/schain: cmd/schain.c $(MEMBERS) $(HDR) $(LIB)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(MEMBERS) $(LIB) $(LIBS) -lm

tests/prop_%: tests/prop_%.c tests/prop.h $(HDR) $(LIB)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIB) -lm

tests/bench/csvtsv: LIBS = -lcsv
tests/bench/kceil: LIBS = -lrdkafka
tests/bench/klat: LIBS = -lrdkafka -pthread

tests/bench/%: tests/bench/%.c | headers
	$(COMPILE) $(LDFLAGS) -o $@ $< $(LIBS)

# clang's libFuzzer; seconds each: FUZZTIME.
FUZZTIME = 60
FUZZFLAGS = -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize=vptr,function -fno-sanitize-recover=all

FUZZOBJ = $(patsubst %.o,%.fuzz.o,$(LIBOBJ))

lib/%.fuzz.o: lib/%.c $(HDR)
	clang $(STD) $(FUZZFLAGS) -c -o $@ $<

lib/%.fuzz.o: lib/%.cc $(HDR)
	clang++ $(CXXSTD) $(FUZZFLAGS) -c -o $@ $<

tests/fuzz_%: tests/fuzz_%.c tests/fuzz.h $(FUZZOBJ)
	clang $(STD) $(FUZZFLAGS) -o $@ $< $(FUZZOBJ) $(DECALLLIBS) $(PACKLIBS) -lrdkafka -lm

fuzzers: $(FUZZ)

fuzz: fuzzers
	set -e; for f in $(FUZZ); do \
	    d=$$(mktemp -d); echo "== $$f"; \
	    ./$$f -max_total_time=$(FUZZTIME) -rss_limit_mb=4096 -verbosity=0 \
	        -print_final_stats=1 -artifact_prefix=$$f- $$d \
	        $$(ls -d tests/corpus/$${f#tests/fuzz_} 2>/dev/null); \
	    rm -r $$d; \
	done

deps:
	sh tests/deps build

deps-check:
	sh tests/deps check

demo: deps
	$(MAKE) all
	sh examples/demo

check: deps-check
	$(MAKE) test

# What check runs once everything is there.  The compiler and its flags are for the budget of tests/bench.
test: all $(PROPS) $(BENCHES)
	WEIR_CC="$$($(CC) --version | sed 1q)" WEIR_CFLAGS='$(CFLAGS)' sh tests/run

# The long form of what check runs too.
chaos: deps-check all
	PATH=$(CURDIR)/cmd:$$PATH python3 tests/chaos.py --long $(if $(SEED),--seed $(SEED))
	PATH=$(CURDIR)/cmd:$$PATH python3 tests/prop_torn.py --all $(if $(SEED),--seed $(SEED))

# Ratios to the peers that are there; BENCH='-n 1M -p 3 TASK ...' for less.
bench: all $(BENCHES)
	python3 tests/bench/bench.py $(BENCH)

# The peers: Debian's packages, and a virtual environment.
bench-deps:
	sh tests/deps bench
	tests/bench/peers-up python

# Flink and Spark, by Maven, 350 MB.
bench-engines:
	sh tests/deps engines
	tests/bench/peers-up flink
	tests/bench/peers-up spark
	tests/bench/engine flink
	tests/bench/engine spark

lint:
	mandoc -Tlint -Wwarning man/*.[157]
	# SC2154: stderr is set by bats' run; SC2030, SC2031: each test is a subshell, as it should
	shellcheck -x -e SC2154,SC2030,SC2031 tests/deps tests/bench/instructions tests/bench/peers-up tests/bench/engine tests/examples tests/run tests/kafka-up tests/kafka-down tests/*.bash tests/*.bats examples/demo examples/postgres .ci/run

SANFLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

san:
	$(MAKE) clean
	ASAN_OPTIONS=detect_leaks=0 WEIR_SAN=1 $(MAKE) test CFLAGS='$(SANFLAGS)'

install: all
	mkdir -p $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	install -m 755 $(TOOLS) $(DESTDIR)$(BINDIR)
	for n in 1 5 7; do install -m 644 man/*.$$n $(DESTDIR)$(MANDIR)/man$$n || exit; done

uninstall:
	for f in $(notdir $(TOOLS)); do rm -f $(DESTDIR)$(BINDIR)/$$f; done
	for f in $(notdir $(wildcard man/*.[157])); do rm -f $(DESTDIR)$(MANDIR)/man$${f##*.}/$$f; done

clean:
	rm -f $(TOOLS) $(LIB) lib/*.o cmd/*.o $(PROPS) $(FUZZ) $(BENCHES)

.PHONY: all headers fuzzers fuzz deps deps-check demo check test chaos bench bench-deps bench-engines lint san install uninstall clean
