# countersign-eval: accuracy of the networks, measured on folders of pictures.
cs_program(countersign-eval
	eval/eval_main.c
	eval/eval_common.c
	eval/eval_detect.c
	eval/eval_verify.c)
target_compile_definitions(countersign-eval PRIVATE COUNTERSIGN_MODELS="${CMAKE_SOURCE_DIR}/models")
target_link_libraries(countersign-eval PRIVATE cs_models m)

if(NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	add_test(NAME eval_detect COMMAND countersign-eval detect --images ${CMAKE_SOURCE_DIR}/tests/faces --json)
	set_tests_properties(eval_detect PROPERTIES LABELS unit TIMEOUT 120
		PASS_REGULAR_EXPRESSION "\"images\": 7, \"outcomes\": {\"ok\": 7")
	add_test(NAME eval_verify COMMAND countersign-eval verify --images ${CMAKE_SOURCE_DIR}/tests/faces
		--pairs ${CMAKE_SOURCE_DIR}/tests/eval/faces.tsv --json)
	set_tests_properties(eval_verify PROPERTIES LABELS unit TIMEOUT 120
		PASS_REGULAR_EXPRESSION "\"auc\": 1.000000.*\"fmr_measured\": 0.000000, \"fnmr_measured\": 0.00000")
endif()
