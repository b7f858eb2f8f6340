# A thin front for the scripts in tools/ (see tools/README.md). `make` alone builds.
.PHONY: build run test bench check fuzz dist
.DEFAULT_GOAL := build

build: ; tools/setup --minimal && tools/build sluice
run:   ; tools/run $(ARGS)
test:  ; tools/test $(PARTS)
bench: ; tools/setup && tools/build sluice bench_gen bench_sink bench_echo && .deps/venv/bin/python tools/bench $(ARGS)
check: ; tools/setup && tools/check-layout && tools/check-format && tools/tidy $(FILES)
fuzz:  ; tools/setup && tools/fuzz $(ARGS)
dist:  ; tools/dist
