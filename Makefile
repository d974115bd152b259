# camera-session: every command in one place. The work is done by scripts/; `make` alone lists
# the targets.

PREFIX ?= /usr/local
DESTDIR ?=
LIBDIR ?=
FILTER ?=
TARGET ?=
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 600
SANITIZER ?= plain

help: ## this list
	@printf 'Targets (make TARGET):\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  while IFS='|' read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done
	@printf '\nFILTER=part-of-a-name selects C tests and benchmarks; of the models a room (FILTER=queue).\n'

setup: ## install the packages that the build needs (says which)
	@scripts/setup.sh build

lib: ## build the shared and the static library into build/lib
	@scripts/link.sh

examples: lib ## build examples-c into build/examples
	@$(MAKE) -s -C examples-c

demo: ## set up, build, list the cameras, preview, take photo.jpg
	@scripts/demo.sh

demo-js: ## the same from JavaScript: build the addon for Node.js, take photo.jpg
	@scripts/demo-js.sh

test: ## set up and run every test
	@scripts/test.sh

test-rust: ## the Rust tests
	cargo test --locked

test-c: lib ## the symbols, the header in C and C++, the C tests
	@scripts/check-abi.sh
	@scripts/check-header.sh
	@scripts/run-c-tests.sh plain $(FILTER)

test-js: lib ## build the addon for Node.js, and its tests; FILTER=part of a test file's name
	@scripts/setup.sh js
	@scripts/test-js.sh plain $(FILTER)

test-sanitizers: lib ## the C tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/run-c-tests.sh asan $(FILTER)

test-valgrind: lib ## the C tests under valgrind
	@scripts/run-c-tests.sh valgrind $(FILTER)

test-loom: ## queues, dispatcher, listeners, surfaces in every order of their threads (loom)
	@scripts/test-loom.sh $(FILTER)

test-install: lib ## install, build the README's program, uninstall, in a temporary folder
	@c-tests/install_smoke.sh

test-vm: lib ## the C tests and examples on a kernel driver, in a virtual machine
	@scripts/test-vm.sh tests $(FILTER)

soak: lib ## random operations from four threads, checked, for SOAK_SECONDS=600; SANITIZER=asan or tsan
	@SOAK_SECONDS='$(SOAK_SECONDS)' scripts/soak.sh $(SANITIZER)

test-threads: ## the C tests about threads with ThreadSanitizer
	@scripts/run-c-tests.sh tsan $(FILTER)

fuzz: ## TARGET= FUZZ_SECONDS=60: any bytes and any calls, for so long each
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' scripts/fuzz.sh $(TARGET)

bench: ## measure
	@scripts/bench.sh $(FILTER)

bench-js: lib ## measure what reading preview frames costs in JavaScript, beside C
	@scripts/setup.sh js
	@scripts/bench-js.sh

header: ## write include/camera_session.h anew, and new functions into abi/camera_session.map
	CAMERA_UPDATE_HEADER=1 cargo test --locked --test header
	@scripts/check-abi.sh --update

install: ## PREFIX=/usr/local DESTDIR= LIBDIR=: install header, libraries, camera-session.pc
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' LIBDIR='$(LIBDIR)' scripts/install.sh install

uninstall: ## the same variables: remove them
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' LIBDIR='$(LIBDIR)' scripts/install.sh uninstall

fmt: ## format the Rust sources
	cargo fmt

lint: ## formatting, clippy, shell syntax
	@scripts/lint.sh

# The virtual machine's kernel in target/vm is kept: it is no product of these sources.
clean: ## remove what was built
	rm -rf build
	[ ! -d target ] || find target -mindepth 1 -maxdepth 1 ! -name vm -exec rm -rf {} +

.PHONY: help setup lib examples demo demo-js test test-rust test-c test-js test-sanitizers test-valgrind \
	test-loom test-threads test-install test-vm soak fuzz bench bench-js header install uninstall fmt lint clean
