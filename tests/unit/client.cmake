# client: unit tests
foreach(test cells keymap field camera directory net)
	cs_unit_test(test_${test} unit/test_${test}.c)
	target_link_libraries(test_${test} PRIVATE cs_client)
endforeach()
cs_unit_test(test_screen_flow unit/test_screen_flow.c unit/screen_rig.c)
target_link_libraries(test_screen_flow PRIVATE cs_client)
