# countersign-eval: accuracy of the networks, measured on folders of pictures.
# cs_eval_rates: the part that knows no picture.
cs_library(cs_eval_rates
	eval/eval_cross.c
	eval/eval_folds.c
	eval/eval_interval.c
	eval/eval_json.c
	eval/eval_scores.c
	eval/eval_tail.c
	eval/eval_tsv.c)
target_link_libraries(cs_eval_rates PUBLIC cs_proto m)

cs_program(countersign-eval
	eval/eval_attack.c
	eval/eval_calibrate.c
	eval/eval_clip.c
	eval/eval_detect.c
	eval/eval_events.c
	eval/eval_faces.c
	eval/eval_faces_json.c
	eval/eval_gallery.c
	eval/eval_labels.c
	eval/eval_list.c
	eval/eval_liveness.c
	eval/eval_liveness_video.c
	eval/eval_main.c
	eval/eval_pattern.c
	eval/eval_report.c
	eval/eval_verify.c
	eval/eval_video.c
	../client/camera_rgb.c)
set_source_files_properties(eval/eval_cross.c PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
target_compile_definitions(countersign-eval PRIVATE COUNTERSIGN_MODELS="${CMAKE_SOURCE_DIR}/models")
target_link_libraries(countersign-eval PRIVATE cs_eval_rates cs_models cs_capture cs_cues m)
cs_foreign(countersign-eval libavformat libavcodec libavutil libswscale)

foreach(name test_eval_attack test_eval_cross test_eval_labels test_eval_scores test_eval_text)
	cs_unit_test(${name} unit/${name}.c)
	target_include_directories(${name} PRIVATE eval)
	target_link_libraries(${name} PRIVATE cs_eval_rates)
endforeach()
target_sources(test_eval_attack PRIVATE eval/eval_attack.c)
target_sources(test_eval_labels PRIVATE eval/eval_labels.c eval/eval_list.c)
target_link_libraries(test_eval_labels PRIVATE cs_capture)

if(COUNTERSIGN_TESTS AND NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	add_test(NAME eval_program COMMAND ${CMAKE_SOURCE_DIR}/tests/eval/eval-test $<TARGET_FILE:countersign-eval>
		${CMAKE_SOURCE_DIR}/tests/faces ${CMAKE_SOURCE_DIR}/tests/eval/faces.tsv)
	set_tests_properties(eval_program PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
	add_test(NAME eval_events COMMAND ${CMAKE_SOURCE_DIR}/tests/eval/events-test $<TARGET_FILE:countersign-eval>
		${CMAKE_SOURCE_DIR}/tests/faces)
	set_tests_properties(eval_events PROPERTIES LABELS unit TIMEOUT 900 ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endif()
