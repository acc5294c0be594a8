# countersign-bench: speed of the networks, of a frame and of whole workers.
cs_program(countersign-bench
	bench/bench_main.c
	bench/bench_vision.c
	bench/bench_workers.c)
target_compile_definitions(countersign-bench PRIVATE
	COUNTERSIGN_MODELS="${CMAKE_SOURCE_DIR}/models"
	COUNTERSIGN_PICTURE="${CMAKE_SOURCE_DIR}/tests/faces/person-b-1.jpg")
target_link_libraries(countersign-bench PRIVATE cs_models)
add_dependencies(countersign-bench countersign-vision)
