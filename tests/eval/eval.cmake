# countersign-eval: accuracy of the networks, measured on folders of pictures.
cs_program(countersign-eval
	eval/eval_main.c
	eval/eval_common.c
	eval/eval_detect.c
	eval/eval_verify.c)
target_compile_definitions(countersign-eval PRIVATE COUNTERSIGN_MODELS="${CMAKE_SOURCE_DIR}/models")
target_link_libraries(countersign-eval PRIVATE cs_models m)
