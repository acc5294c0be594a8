# Whole captures in virtual time: a tool, and each scenario once as a test.
cs_program(countersign-rehearse
	rehearse/rehearse_cast.c
	rehearse/rehearse_main.c
	rehearse/rehearse_play.c)
target_link_libraries(countersign-rehearse PRIVATE cs_puppet cs_capture)

# Each scenario once; under a sanitizer, which takes ten times as long, one attack.
if(COUNTERSIGN_TESTS AND NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	set(rehearse_only)
	if(NOT COUNTERSIGN_BUILD STREQUAL "release")
		set(rehearse_only --scenario cutout)
	endif()
	add_test(NAME rehearse COMMAND countersign-rehearse --models ${CMAKE_SOURCE_DIR}/models
		--faces ${CMAKE_SOURCE_DIR}/tests/faces ${rehearse_only})
	set_tests_properties(rehearse PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endif()
