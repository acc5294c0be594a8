# countersign-bench: speed of the networks, of a frame and of whole workers.
cs_program(countersign-bench
	bench/bench_frame.c
	bench/bench_main.c
	bench/bench_networks.c
	bench/bench_peer.c
	bench/bench_pool.c
	bench/bench_print.c
	bench/bench_search.c
	bench/bench_stream.c
	bench/bench_targets.c
	bench/bench_times.c
	bench/bench_vision.c
	bench/bench_workers.c)
set_source_files_properties(bench/bench_search.c PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)	# the plain scan
target_compile_definitions(countersign-bench PRIVATE
	COUNTERSIGN_MODELS="${CMAKE_SOURCE_DIR}/models"
	COUNTERSIGN_PICTURE="${CMAKE_SOURCE_DIR}/tests/faces/person-b-1.jpg"
	COUNTERSIGN_PEER_ORT="${CMAKE_CURRENT_SOURCE_DIR}/bench/peer_ort.mjs"
	COUNTERSIGN_PEERS="${CMAKE_BINARY_DIR}/peers")
target_link_libraries(countersign-bench PRIVATE cs_capture cs_models m)
add_dependencies(countersign-bench countersign-vision)

if(COUNTERSIGN_TESTS AND NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	add_test(NAME bench_program COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench/bench-test $<TARGET_FILE:countersign-bench>
		$<$<STREQUAL:${COUNTERSIGN_BUILD},release>:workers>)	# too slow under a sanitizer
	set_tests_properties(bench_program PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endif()

# OpenCV to compare with, where it and a C++ compiler are installed (deploy/install-deps peers).
if(COUNTERSIGN_BUILD STREQUAL "release")
	include(CheckLanguage)
	check_language(CXX)
endif()
if(CMAKE_CXX_COMPILER)
	enable_language(CXX)
	find_package(OpenCV QUIET COMPONENTS core dnn)
endif()
if(OpenCV_FOUND)
	add_executable(countersign-peer-opencv bench/peer_opencv.cpp)
	set_target_properties(countersign-peer-opencv PROPERTIES CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
	target_compile_options(countersign-peer-opencv PRIVATE -O2 -Wall -Wextra -Wconversion -Wshadow -Werror)
	target_include_directories(countersign-peer-opencv SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})
	target_link_libraries(countersign-peer-opencv PRIVATE opencv_core opencv_dnn)
endif()
