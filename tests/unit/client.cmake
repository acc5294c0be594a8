# client: unit tests
foreach(test cells keymap field camera directory lamp net term)
	cs_unit_test(test_${test} unit/test_${test}.c)
	target_link_libraries(test_${test} PRIVATE cs_client)
endforeach()
foreach(test approve capture flow forms)
	cs_unit_test(test_screen_${test} unit/test_screen_${test}.c unit/screen_rig.c)
	target_link_libraries(test_screen_${test} PRIVATE cs_client)
endforeach()
