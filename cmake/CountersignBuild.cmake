# How every target of the project is compiled: one place for warnings, hardening and sanitizers.
#
#   cs_library(NAME SOURCES...)      a static library of the project
#   cs_program(NAME SOURCES...)      a program, placed in <build>/bin
#   cs_unit_test(NAME SOURCES...)    a cmocka program run by ctest with label "unit"
#   cs_fuzz_target(NAME SOURCES...)  a libFuzzer program, only in the fuzz build
#   cs_foreign(TARGET PKG...)        links pkg-config packages, their headers as system headers

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(COUNTERSIGN_BUILD "release" CACHE STRING "release, asan, tsan, fuzz or coverage")
option(COUNTERSIGN_TESTS "build the unit and integration tests (needs cmocka)" ON)
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# Asserts stay on in every build: a broken invariant stops the process.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

add_library(cs_flags INTERFACE)
target_compile_definitions(cs_flags INTERFACE _GNU_SOURCE COUNTERSIGN_VERSION="${PROJECT_VERSION}")
target_include_directories(cs_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
target_compile_options(cs_flags INTERFACE
	-Wall -Wextra -Wconversion -Wshadow -Werror -Wformat=2 -Wstrict-prototypes
	-Wmissing-prototypes -Wundef -Wpointer-arith -fno-common -fstack-protector-strong
	-fno-omit-frame-pointer)
target_link_options(cs_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)

if(COUNTERSIGN_BUILD STREQUAL "release")
	target_compile_definitions(cs_flags INTERFACE _FORTIFY_SOURCE=2)
elseif(COUNTERSIGN_BUILD STREQUAL "asan")
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
	add_link_options(-fsanitize=address,undefined)
elseif(COUNTERSIGN_BUILD STREQUAL "tsan")
	add_compile_options(-fsanitize=thread)
	add_link_options(-fsanitize=thread)
elseif(COUNTERSIGN_BUILD STREQUAL "fuzz")
	add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
	add_link_options(-fsanitize=address,undefined)
elseif(COUNTERSIGN_BUILD STREQUAL "coverage")
	add_compile_options(--coverage)
	add_link_options(--coverage)
else()
	message(FATAL_ERROR "COUNTERSIGN_BUILD is '${COUNTERSIGN_BUILD}'; use release, asan, tsan, fuzz or coverage")
endif()

function(cs_library name)
	add_library(${name} STATIC ${ARGN})
	target_link_libraries(${name} PUBLIC cs_flags Threads::Threads)
endfunction()

function(cs_program name)
	add_executable(${name} ${ARGN})
	target_link_libraries(${name} PRIVATE cs_flags Threads::Threads)
endfunction()

function(cs_foreign target)
	foreach(pkg IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER ${pkg} id)
		pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${pkg})
		target_link_libraries(${target} PRIVATE PkgConfig::${id})
	endforeach()
endfunction()

# A test or fuzz target that this build leaves out still exists as a target, so
# that the lists need no conditions, but nothing builds it.
function(cs_left_out name)
	add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
endfunction()

# What every test program finds in its environment.
set(CS_TEST_ENVIRONMENT
	COUNTERSIGN_SOURCE=${CMAKE_SOURCE_DIR}
	COUNTERSIGN_BIN=${CMAKE_BINARY_DIR}/bin
	TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp)

function(cs_unit_test name)
	if(NOT COUNTERSIGN_TESTS OR COUNTERSIGN_BUILD STREQUAL "fuzz")
		cs_left_out(${name} ${ARGN})
		return()
	endif()
	cs_program(${name} ${ARGN})
	cs_foreign(${name} cmocka)
	add_test(NAME ${name} COMMAND ${name})
	set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300
		ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endfunction()

function(cs_fuzz_target name)
	if(NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
		cs_left_out(${name} ${ARGN})
		return()
	endif()
	cs_program(${name} ${ARGN})
	target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
