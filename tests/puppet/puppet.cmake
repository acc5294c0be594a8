# A person made from a photograph, for tests and for a demo without a camera.
# cs_puppet is a library of the tests: no program of the product links it.
cs_library(cs_puppet
	puppet/play_gap.c
	puppet/play_inject.c
	puppet/play_person.c
	puppet/play_print.c
	puppet/play_screen.c
	puppet/puppet.c
	puppet/puppet_answer.c
	puppet/puppet_camera.c
	puppet/puppet_fifo.c
	puppet/puppet_head.c
	puppet/puppet_motion.c
	puppet/puppet_paint.c
	puppet/puppet_photo.c
	puppet/puppet_plate.c
	puppet/puppet_scenario.c
	puppet/puppet_sheet.c
	puppet/puppet_stream.c
	puppet/puppet_tape.c
	puppet/puppet_warp.c)
target_link_libraries(cs_puppet PUBLIC cs_models cs_proto m)

cs_program(countersign-puppet
	puppet/puppet_keys.c
	puppet/puppet_main.c
	puppet/puppet_options.c)
target_link_libraries(countersign-puppet PRIVATE cs_puppet)

cs_unit_test(test_puppet_motion puppet/test_puppet_motion.c)
cs_unit_test(test_puppet_face puppet/test_puppet_face.c)
cs_unit_test(test_puppet_play puppet/test_puppet_play.c)
cs_unit_test(test_puppet_stream puppet/test_puppet_stream.c)
foreach(test test_puppet_motion test_puppet_face test_puppet_play test_puppet_stream)
	if(TARGET ${test})
		target_link_libraries(${test} PRIVATE cs_puppet)
	endif()
endforeach()
if(TARGET test_puppet_play)
	target_link_libraries(test_puppet_play PRIVATE cs_capture)
endif()
if(TARGET test_puppet_stream)
	add_dependencies(test_puppet_stream countersign-puppet)
endif()
